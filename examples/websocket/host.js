import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Swapper } from 'liveswap';
import { watch } from 'liveswap/watch';
import { WebSocketServer } from 'ws';

const swapper = new Swapper('dist');
const watcher = watch(swapper, { sources: ['plugins'], outDir: 'dist' });
await watcher.ready;

const server = createServer(async (_request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(await readFile(new URL('page.html', import.meta.url)));
});

// The sockets and the data of each stay in the host; the plugin decides what to do with a message.
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => {
  let session = { messages: 0 };
  let turn = Promise.resolve();
  const send = (event) => socket.send(JSON.stringify(event));
  send({ kind: 'welcome' });
  socket.on('message', (data) => {
    turn = turn.then(async () => {
      try {
        const answer = await swapper.call('live_message', session, String(data));
        session = answer.session;
        send({ kind: 'reply', text: answer.reply });
      } catch (error) {
        send({ kind: 'error', text: error.message });
      }
    });
  });
});
swapper.on('reloaded', ({ generation }) => {
  console.log(`generation ${generation} is live, ${sockets.clients.size} sockets stay open`);
  for (const socket of sockets.clients) socket.send(JSON.stringify({ kind: 'swapped', generation }));
});

server.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`open http://127.0.0.1:${server.address().port}/ and edit plugins/chat/index.ts`);
});

process.once('SIGINT', async () => {
  for (const socket of sockets.clients) socket.terminate();
  server.close();
  server.closeAllConnections();
  await watcher.close();
  await swapper.close();
});
