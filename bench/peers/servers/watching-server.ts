import { createServer } from 'node:http';
import { Swapper } from '../../../lib/index.js';
import { watch } from '../../../lib/dev/index.js';

const [sources, outDir, plugin, port] = process.argv.slice(2) as [string, string, string, string];
const swapper = new Swapper(outDir);
const watcher = watch(swapper, { sources: [sources] });
await watcher.ready;
process.once('SIGTERM', () => {
  void watcher.close().finally(() => process.exit());
});

createServer(async (_request, response) => {
  response.end(await swapper.call(`live_edition_${plugin}`));
}).listen(Number(port), '127.0.0.1');
