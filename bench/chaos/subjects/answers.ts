import { integer, record } from 'fast-check';
import { plainStep, step, type SubjectOf } from '../subject.js';
import { ask } from '../world.js';

/** Calls that are answered: alone, many at once, by way of an import and of the vault. */
export const answers: SubjectOf = (world) => ({
  live: {
    live_answer: 'async () => me()',
    live_arm:
      "async () => ({ ...me(), by: { guardian: edition, armory: await callImport('armory', 'edition', []) } })",
    live_relay: "async () => context.vault.call('live_answer')",
    live_linger: 'async (ms) => { context.waitUntil(sleep(ms)); return me(); }',
  },
  steps: {
    answer: plainStep(40, () => ask(world, 'live_answer')),
    arm: plainStep(24, () => ask(world, 'live_arm')),
    relay: plainStep(12, () => ask(world, 'live_relay')),
    burst: step(3, integer({ min: 10, max: 60 }), (calls) =>
      Promise.all(Array.from({ length: calls }, () => ask(world, 'live_answer'))),
    ),
    linger: step(2, record({ ms: integer({ min: 0, max: 30 }) }), ({ ms }) => ask(world, 'live_linger', ms)),
  },
});
