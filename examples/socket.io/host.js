import { createServer } from 'node:http';
import { Swapper } from 'liveswap';
import { watch } from 'liveswap/watch';
import { Server } from 'socket.io';

const swapper = new Swapper('dist');
const watcher = watch(swapper, { sources: ['plugins'], outDir: 'dist' });
await watcher.ready;

// The sockets, their rooms and their handshakes stay in the host; the plugin decides what to do with an event.
const server = createServer();
const io = new Server(server, { cors: { origin: '*' } });
io.on('connection', (socket) => {
  socket.onAny(async (event, ...args) => {
    try {
      const answer = await swapper.call('live_onEvent', socket.id, event, ...args);
      if (answer?.join) await socket.join(answer.join);
      if (answer?.emit) io.to(answer.emit.to).emit(answer.emit.event, answer.emit.data);
    } catch (error) {
      socket.emit('failed', error.message);
    }
  });
});
swapper.on('reloaded', ({ generation }) => {
  console.log(`generation ${generation} is live, ${io.engine.clientsCount} sockets stay open`);
});

server.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`connect to http://127.0.0.1:${server.address().port}/ and edit plugins/hall/index.ts`);
});

process.once('SIGINT', async () => {
  await io.close();
  await watcher.close();
  await swapper.close();
});
