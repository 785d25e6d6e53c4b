import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ask } from '../../bench/workload/ask.js';

test('a request that is never answered fails, so that a measurement with such a peer ends', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(ask(`http://127.0.0.1:${port}/`, false, 50)).rejects.toThrow('did not answer');
});
