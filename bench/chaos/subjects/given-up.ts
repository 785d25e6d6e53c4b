import { integer, record } from 'fast-check';
import { step, type SubjectOf } from '../subject.js';
import { fitting, mishaps } from '../world.js';
import { turns } from './waits.js';

const ms = integer({ min: 0, max: 20 });

/** Calls with a deadline or a signal, and one signal for many. */
export const givenUp: SubjectOf = (world) => {
  const { swapper, ledger, longLived } = world;
  const within = (name: string, { ms: lasts, timeoutMs }: { ms: number; timeoutMs: number }): Promise<void> =>
    ledger.follow(name, () => swapper.with({ timeoutMs }).call(name, lasts), fitting(world), [
      ...mishaps,
      'CALL_TIMEOUT',
    ]);
  return {
    live: {
      live_sleep: 'async (ms) => { await sleep(ms, context.call.signal); return me(); }',
      live_deaf: 'async (ms) => { await sleep(ms); return me(); }',
    },
    steps: {
      sleep: step(16, integer({ min: 0, max: 30 }), (lasts) => {
        const call = (): Promise<unknown> => swapper.with({ signal: longLived }).call('live_sleep', lasts);
        return ledger.follow('live_sleep', call, fitting(world), mishaps);
      }),
      deadline: step(10, record({ ms, timeoutMs: ms }), (data) => within('live_sleep', data)),
      deaf: step(2, record({ ms, timeoutMs: integer({ min: 0, max: 10 }) }), (data) =>
        within('live_deaf', data),
      ),
      abort: step(10, record({ ms, after: integer({ min: 0, max: 10 }) }), ({ ms: lasts, after }) => {
        const controller = new AbortController();
        void turns(after).then(() => controller.abort(new Error('retreat')));
        const { signal } = controller;
        const call = (): Promise<unknown> => swapper.with({ signal }).call('live_sleep', lasts, signal);
        return ledger.follow('live_sleep', call, fitting(world), [...mishaps, 'CALL_ABORTED']);
      }),
    },
  };
};
