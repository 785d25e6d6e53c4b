import { expect, test } from 'vitest';
import { PiscinaPool } from '../../lib/pool/piscina-pool.js';
import { countThreads } from '../helpers/count-threads.js';

test('a pool that is closed while one of its threads is being ended leaves no thread behind', async () => {
  const before = countThreads();
  for (let round = 0; round < 20; round++) {
    const pool = new PiscinaPool({});
    const { port, ...thread } = pool.serve();
    thread.terminate();
    await thread.exited;
    await pool.close();
    port.close();
  }
  expect(countThreads()).toBe(before);
});
