import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { context, definePlugin } from 'liveswap/plugin';
import { about, page } from './page.js';

const verb = 'says';
const app = new Hono();

app.get('/', (c) => c.html(page));
app.get('/about', (c) => c.html(about));
app.get('/api/version', (c) => c.json({ version: context.version }));
app.post('/api/upload', async (c) => c.json({ bytes: (await c.req.arrayBuffer()).byteLength }));

// This stream ends when its version is replaced. The browser connects again by itself, and gets the stream of the new version.
app.get('/api/events', (c) =>
  streamSSE(c, async (stream) => {
    await stream.writeSSE({ event: 'version', data: context.version, retry: 100 });
    await new Promise<void>((resolve) => {
      context.signal.addEventListener('abort', () => resolve(), { once: true });
      stream.onAbort(() => resolve());
    });
  }),
);

export default definePlugin({
  http: {
    fetch: app.fetch,
    websocket: {
      open(peer) {
        peer.subscribe('room');
      },
      message(peer, message) {
        peer.context['said'] = Number(peer.context['said'] ?? 0) + 1;
        const line = `${peer.id.slice(0, 4)} ${verb}: ${message.text()} (${peer.context['said']})`;
        peer.send(line);
        peer.publish('room', line);
      },
    },
  },
});
