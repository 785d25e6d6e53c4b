import { test } from 'vitest';
import { PiscinaPool } from '../../lib/pool/piscina-pool.js';
import { countThreads, noThreadLeft } from '../helpers/count-threads.js';

test('a pool that is closed while one of its threads is being ended leaves no thread behind', async () => {
  const before = countThreads();
  for (let round = 0; round < 20; round++) {
    const pool = new PiscinaPool({});
    const thread = pool.serve();
    await Promise.all([thread.end(60_000), pool.close(60_000)]);
    await thread.exited;
  }
  await noThreadLeft(before);
});
