import { constantFrom } from 'fast-check';
import { isLiveswapError } from '../../../lib/index.js';
import { serve, type HttpServer } from '../../../lib/http/index.js';
import { Deposits } from '../deposits.js';
import { describe, type Refusal } from '../ledger.js';
import { plainStep, step, type SubjectOf } from '../subject.js';
import { courses, editionFault, treasury, type Course } from '../treasury.js';
import { fitting, mishaps } from '../world.js';

/**
 * A plugin that keeps state and is reached by calls and requests, with hand-overs that fail at every step: no deposit is lost or
 * made twice.
 */
export const kept: SubjectOf = (world) => {
  const { swapper, ledger, deploys } = world;
  const deposits = new Deposits((what) => ledger.violate(what));
  let armed: Course | undefined;
  let server: Promise<HttpServer> | undefined;
  swapper.on('threadCrashed', ({ plugin, version }) => {
    if (plugin !== 'treasury') return;
    const current = swapper.current.plugins.find(({ name }) => name === plugin);
    if (current?.hash.startsWith(version)) deposits.mayBeLost();
  });

  const deposit = (
    name: string,
    send: (id: number) => Promise<unknown>,
    more: readonly Refusal[] = [],
  ): Promise<void> => {
    const made = deposits.make();
    const fits = fitting(world);
    const settled = (answer: unknown): string | undefined => {
      deposits.settle(made);
      return fits(answer);
    };
    return ledger.follow(name, () => send(made.id), settled, [...mishaps, ...more]);
  };

  /** Begins a call that runs until the returned function is called. */
  const stay = async (): Promise<{
    readonly ended: Promise<void>;
    readonly isOver: () => boolean;
    leave(): void;
  }> => {
    let isOver = false;
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    let ended!: Promise<void>;
    await new Promise<void>((resolve) => {
      const back = (): Promise<void> => {
        resolve();
        return left;
      };
      ended = ledger
        .follow(
          'live_stay',
          () => swapper.call('live_stay', back),
          () => undefined,
          mishaps,
        )
        .finally(() => {
          isOver = true;
          resolve();
        });
    });
    return { ended, isOver: () => isOver, leave };
  };

  /** Reloads, and returns the reason if the reload was refused. */
  const refusalOf = async (course: Course): Promise<string | undefined> => {
    const gone = course === 'dropping what is kept' ? deposits.certain() : [];
    try {
      await swapper.reload(undefined, gone.length > 0 ? { kept: 'drop' } : {});
      if (gone.length > 0) deposits.drop(gone);
      return undefined;
    } catch (error) {
      if (!isLiveswapError(error, 'RELOAD_FAILED') && !ledger.isEnd(error))
        ledger.violate(`A hand-over of the treasury (${course}) failed otherwise: ${describe(error)}`);
      return describe(error);
    }
  };

  const handOver = async (course: Course): Promise<void> => {
    const fault = editionFault(course);
    await deploys.put(treasury(fault));
    const guest = course === 'a call that stays' ? await stay() : undefined;
    const { losses } = deposits;
    armed = course;
    const refusal = await refusalOf(course);
    const hasFired = armed === undefined;
    armed = undefined;
    const mustFail = (fault !== undefined || guest?.isOver() === false) && deposits.losses === losses;
    const mayFail = mustFail || hasFired || ledger.hasEnded || deposits.losses > losses;
    if (mustFail && refusal === undefined)
      ledger.violate(`A hand-over of the treasury (${course}) did not fail.`);
    if (refusal !== undefined && !mayFail)
      ledger.violate(`A hand-over of the treasury (${course}) failed: ${refusal}`);
    guest?.leave();
    await guest?.ended;
    if (course === 'well') return;
    await deploys.put(treasury());
    await deploys.load();
  };

  return {
    begin: () => deploys.put(treasury()),
    extension: {
      treasuryYields: () => {
        const course = armed;
        if (course !== 'throw in onYield' && course !== 'exit in onYield') return undefined;
        armed = undefined;
        return course;
      },
    },
    steps: {
      deposit: plainStep(8, () => deposit('live_deposit', (id) => swapper.call('live_deposit', id))),
      depositByHttp: plainStep(6, () => {
        const { losses } = deposits;
        // Only a death may cost a request its answer.
        const isLost = (): boolean => ledger.hasEnded || deposits.losses > losses;
        return deposit('http deposit', (id) => post(id), [isLost]);
      }),
      ruin: plainStep(0.2, () =>
        ledger.follow(
          'live_ruin',
          () => swapper.call('live_ruin'),
          () => 'answered',
          mishaps,
        ),
      ),
      treasuryHandOver: step(2, constantFrom(...courses), (course) =>
        deploys.inTurn(`hand-over of the treasury (${course})`, () => handOver(course)),
      ),
    },
    atRest: async () => deposits.check((await swapper.call('live_deposits')) as [number, number][]),
  };

  async function post(id: number): Promise<unknown> {
    server ??= serve(swapper, { hostname: '127.0.0.1', mount: { '/': 'treasury' } });
    const response = await fetch(`${(await server).url}${id}`, { method: 'POST' });
    if (!response.ok) throw new Error(`The answer was ${response.status}.`);
    return response.json();
  }
};
