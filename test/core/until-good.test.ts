import { expect, test } from 'vitest';
import { untilGood } from '../../lib/core/until-good.js';

/** Returns a function that gives the answers one after another, and the last one from then on. */
function giving(...answers: (number | string)[]): {
  ask: () => Promise<number | string>;
  asked: () => number;
} {
  let asked = 0;
  return {
    ask: () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)] ?? 'nothing'),
    asked: () => asked,
  };
}

test('it asks until an answer is below 500', async () => {
  const { ask, asked } = giving('nothing', 503, 404);
  expect(await untilGood(ask, { settleMs: 0, timeoutMs: 60_000 })).toBeUndefined();
  expect(asked()).toBe(3);
});

test('it asks once more at least where answers have to stay good', async () => {
  const { ask, asked } = giving(200, 500, 200);
  expect(await untilGood(ask, { settleMs: 1, timeoutMs: 60_000 })).toBeUndefined();
  expect(asked()).toBeGreaterThan(3);
});

test('it returns the last answer when the time is over', async () => {
  expect(await untilGood(giving(200, 503).ask, { settleMs: 1, timeoutMs: 0 })).toBe(200);
  expect(await untilGood(giving('no route').ask, { settleMs: 0, timeoutMs: 0 })).toBe('no route');
});

test('it fails as the question does', async () => {
  const dead = new Error('The thread is gone.');
  await expect(untilGood(() => Promise.reject(dead), { settleMs: 0, timeoutMs: 60_000 })).rejects.toBe(dead);
});
