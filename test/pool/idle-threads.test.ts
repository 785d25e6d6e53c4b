import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PiscinaPool } from '../../lib/pool/piscina-pool.js';

test.each([
  ['plugin', 24, 4],
  ['app', 6, 30],
] as const)(
  'a thread that warms up for the next %s leaves by itself, at whatever moment of its boot it is told to',
  async (expected, threads, apartMs) => {
    const pool = new PiscinaPool({});
    const ended = Array.from({ length: threads }, async (_, index) => {
      const thread = pool.serve(expected);
      await thread.begun;
      await setTimeout(index * apartMs);
      // With this deadline, the thread would never be terminated.
      await thread.end(Infinity);
      return 'left';
    });
    expect(new Set(await Promise.all(ended))).toEqual(new Set(['left']));
  },
);
