import { setImmediate } from 'node:timers/promises';
import { integer } from 'fast-check';
import { plainStep, step, type SubjectOf } from '../subject.js';

/** Time that passes between steps. */
export const waits: SubjectOf = ({ rest }) => ({
  steps: {
    pause: step(24, integer({ min: 0, max: 20 }), (count) => turns(count), true),
    rest: plainStep(1, () => rest(), true),
  },
});

/** Lets the event loop turn `count` times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}
