import { Swapper } from 'liveswap';
import { reloadOnSignal } from 'liveswap/watch';
import startServer from './server.js';

const swapper = new Swapper('dist/plugins', { control: true });
// Before anything loads: a deploy may ask as soon as the process exists.
reloadOnSignal(swapper, 'SIGHUP');
await swapper.load();
await startServer(swapper);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void swapper.close());
