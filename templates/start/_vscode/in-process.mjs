// The same plugins without threads: for a debugger that is to see host and plugins in one process.
import { Swapper } from 'liveswap';
import { serve } from 'liveswap/http';
import plugins from '../dist/static/static-plugins.mjs';

const swapper = new Swapper('dist/static', { static: plugins });
await swapper.load();
const server = await serve(swapper, { port: Number(process.env.PORT ?? 3000) });
console.log(server.url);
