import { Swapper } from 'liveswap';
import { WebSocketServer } from 'ws';

/** The host of the arena, which owns the sockets; everything else is in the plugin. */
export function openGame(folder, onFrame = () => {}) {
  let sockets;
  const swapper = new Swapper(folder, {
    extension: () => ({
      frame(frame) {
        onFrame(frame);
        for (const socket of sockets?.clients ?? []) socket.send(JSON.stringify({ kind: 'frame', ...frame }));
      },
    }),
  });

  /** Lets players in; resolves to the URL. */
  function listen(port) {
    sockets = new WebSocketServer({ port, host: '127.0.0.1' });
    sockets.on('connection', (socket) => {
      // Calls of a plugin that keeps state are answered in order, also across a release.
      socket.on('message', async (data) => {
        const { name, number, dx, dy } = JSON.parse(String(data));
        const answer = await swapper.call('live_move', name, number, dx, dy).then(
          (moves) => ({ kind: 'moved', moves }),
          (error) => ({ kind: 'error', text: error.message }),
        );
        socket.send(JSON.stringify(answer));
      });
    });
    return new Promise((resolve) => {
      sockets.on('listening', () => resolve(`ws://127.0.0.1:${sockets.address().port}`));
    });
  }

  async function close() {
    for (const socket of sockets?.clients ?? []) socket.terminate();
    sockets?.close();
    await swapper.close();
  }
  return { swapper, listen, close };
}
