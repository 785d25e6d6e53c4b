import { createRequire } from 'node:module';

const ws = JSON.stringify(createRequire(import.meta.url).resolve('ws'));

/** Ways in which the server's thread dies, by the path that brings it about. */
export const crashes = ['/throw', '/exit', '/memory'] as const;
export type Crash = (typeof crashes)[number];

/** Texts from which no version can be made: each is refused. */
export const unfit = [
  `throw new Error('unfit');`,
  `const = 1;`,
  `process.exit(1);`,
  `require('./gone.js');`,
] as const;

/**
 * Returns a server as anybody might write one: answers, streams, uploads, a WebSocket, state in memory. Each answer names its
 * edition.
 */
export function serverText(edition: number): string {
  return `
const http = require('http');
const { WebSocketServer } = require(${ws});
const EDITION = '${edition}';
const hold = [];
const server = http.createServer((request, response) => {
  response.setHeader('edition', EDITION);
  const handle = handlers[request.url];
  if (handle) handle(request, response);
  else response.end(EDITION);
});
// Node 24 cannot stop a loop that makes smaller arrays.
const handlers = {
  '/throw': () => { setImmediate(() => { throw new Error('slain'); }); },
  '/exit': () => { process.exit(7); },
  '/memory': () => { for (;;) hold.push(new Array(100_000).fill(hold.length)); },
  '/stream': (request, response) => {
    let part = 0;
    const next = () => {
      response.write(EDITION + ' ' + 'x'.repeat(4_000) + '\\n');
      if (++part < 8) setTimeout(next, 4);
      else response.end();
    };
    next();
  },
  '/upload': (request, response) => {
    let bytes = 0;
    request.on('data', (chunk) => { bytes += chunk.length; });
    request.on('end', () => response.end(EDITION + ' ' + bytes));
  },
};
new WebSocketServer({ server }).on('connection', (socket) => {
  socket.on('message', (text) => socket.send(EDITION + ' ' + text));
});
server.listen(0, '127.0.0.1');
`;
}
