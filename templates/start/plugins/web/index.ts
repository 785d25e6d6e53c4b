import { definePlugin, importPlugin } from 'liveswap/plugin';
import type { GreeterApi } from '../greeter/index.js';

const greeter = importPlugin<GreeterApi>('greeter');

export default definePlugin({
  http: {
    async fetch(request: Request): Promise<Response> {
      const { pathname } = new URL(request.url);
      const name = decodeURIComponent(pathname.slice(1)) || 'world';
      return new Response(await greeter.greet(name));
    },
  },
});
