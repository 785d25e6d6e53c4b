import { expect, test } from 'vitest';
import { InProcessPool } from '../../lib/static/in-process-pool.js';

test('a pool that is closed again does not let go of a module that another one uses by then', async () => {
  const module = { plugin: {}, symbols: {}, liveFunctions: {}, liveTypes: {}, bind: () => {} };
  const first = new InProcessPool('guardian', module);
  await first.close();
  const second = new InProcessPool('guardian', module);
  await first.close();
  const third = (): unknown => new InProcessPool('guardian', module);
  expect(third).toThrow(expect.objectContaining({ code: 'STATIC_LINKING', plugin: 'guardian' }));
  await second.close();
  expect(third).not.toThrow();
});
