import cluster from 'node:cluster';
import { createServer } from 'node:http';
import type { ArtifactModule } from '../../../lib/plugin/artifact-module.js';

const [url, plugin] = process.argv.slice(2) as [string, string];
const { liveFunctions } = (await import(url)) as ArtifactModule;
const edition = liveFunctions[`live_edition_${plugin}`] as unknown as () => Promise<string>;

let draining = false;
const server = createServer(async (_request, response) => {
  if (draining) response.setHeader('connection', 'close');
  response.end(await edition());
});
// All processes that ask for port 0 get the same port.
server.listen(0, '127.0.0.1');

process.on('message', () => {
  draining = true;
  // This is the careful way out. Leaving the cluster closes the server, which would reset connections that are kept alive.
  // Instead, these are told to close with their next answer, new connections go to the other processes, and this process ends
  // with its last connection.
  server.closeIdleConnections = () => {};
  cluster.worker?.disconnect();
});
