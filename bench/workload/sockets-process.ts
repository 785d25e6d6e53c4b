import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { SocketsAnswer, SocketsQuestion } from './open-sockets.js';

const AT_ONCE = 100;
const sockets: WebSocket[] = [];
let lost = 0;

process.on('message', async (question: SocketsQuestion) => {
  const answer: SocketsAnswer =
    question.kind === 'open'
      ? await open(question.url, question.count)
      : await echo(question.lanes, question.ms);
  process.send?.(answer);
});
process.on('disconnect', () => process.exit());

async function open(url: string, count: number): Promise<SocketsAnswer> {
  const one = async (): Promise<void> => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, 'open');
    socket.on('close', () => lost++);
    sockets.push(socket);
  };
  while (sockets.length < count) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, one));
  }
  return { echoes: 0, perSecond: 0, lost };
}

/** Makes echoes. Each lane has a socket of its own, spread over all of them. */
async function echo(lanes: number, ms: number): Promise<SocketsAnswer> {
  const began = performance.now();
  let echoes = 0;
  const lane = async (socket: WebSocket): Promise<void> => {
    while (performance.now() - began < ms) {
      const answered = once(socket, 'message');
      socket.send('Hail');
      await answered;
      echoes++;
    }
  };
  const step = Math.floor(sockets.length / lanes);
  await Promise.all(Array.from({ length: lanes }, (_, at) => lane(sockets[at * step] as WebSocket)));
  return { echoes, perSecond: (echoes / (performance.now() - began)) * 1_000, lost };
}
