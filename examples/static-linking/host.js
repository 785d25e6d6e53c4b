import { Swapper } from 'liveswap';
import { plugins } from './dist/static-plugins.mjs';

// Everything runs in this thread: breakpoints in plugins/guardian/index.ts are hit.
const swapper = new Swapper('dist', { static: plugins });
await swapper.load();
console.log(await swapper.call('live_salute', process.argv[2] ?? 'Ada'));
await swapper.close();
