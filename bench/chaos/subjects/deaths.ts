import { constantFrom, integer } from 'fast-check';
import { step, type SubjectOf } from '../subject.js';
import { fitting, mishaps, unexpected } from '../world.js';

const names = {
  exit: 'live_exit',
  timer: 'live_timer',
  rejection: 'live_rejection',
  armory: 'live_breakArmory',
} as const;

/** Threads that die, and calls that may be sent again then. */
export const deaths: SubjectOf = (world) => {
  const { swapper, ledger } = world;
  return {
    idempotent: ['live_count'],
    live: {
      live_count:
        'async (counter, deaths) => { if (Atomics.add(counter, 0, 1) < deaths) process.exit(1); return me(); }',
      live_exit: 'async () => { process.exit(1); }',
      live_timer:
        "() => { setTimeout(() => { throw new Error('No shield.'); }, 0); return new Promise(() => {}); }",
      live_rejection: "() => { Promise.reject(new Error('No oath.')); return new Promise(() => {}); }",
    },
    steps: {
      idempotent: step(1, integer({ min: 0, max: 2 }), (dies) => {
        const counter = new Int32Array(new SharedArrayBuffer(4));
        const fits = fitting(world);
        const objection = (answer: unknown): string | undefined =>
          (counter[0] ?? 0) <= 2 ? fits(answer) : `sent ${counter[0]} times`;
        return ledger.follow(
          'live_count',
          () => swapper.call('live_count', counter, dies),
          objection,
          mishaps,
        );
      }),
      crash: step(1, constantFrom('exit', 'timer', 'rejection', 'armory'), (how) =>
        ledger.follow(names[how], () => swapper.call(names[how]), unexpected, mishaps),
      ),
    },
  };
};
