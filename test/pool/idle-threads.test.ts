import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PiscinaPool } from '../../lib/pool/piscina-pool.js';

test('a thread that warms up leaves by itself, at whatever moment of its boot it is told to', async () => {
  const pool = new PiscinaPool({});
  const ended = Array.from({ length: 24 }, async (_, index) => {
    const thread = pool.serve(true);
    await thread.begun;
    await setTimeout(index * 4);
    // It would never be terminated.
    await thread.end(Infinity);
    return 'left';
  });
  expect(new Set(await Promise.all(ended))).toEqual(new Set(['left']));
});
