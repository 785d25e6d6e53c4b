import { EDITION } from './editions.js';
import type { PluginFiles } from './write-plugins.js';

/** A web app of Hono: a hello, a megabyte down, a body up, and a socket that answers. */
export const webApp: PluginFiles = {
  'index.ts': `
import { Hono } from 'hono';
import { definePlugin } from 'liveswap/plugin';

const megabyte = 'x'.repeat(1_048_576);
const app = new Hono();
app.get('/', (c) => c.text('Hail'));
app.get('/edition', (c) => c.text('${EDITION}'));
app.get('/megabyte', (c) => c.text(megabyte));
app.post('/upload', async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)));

export default definePlugin({
  http: {
    fetch: app.fetch,
    websocket: {
      message(peer, message) {
        peer.send(message.text());
      },
    },
  },
});
`,
};
