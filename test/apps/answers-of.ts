import { connect } from 'node:net';

/** A request as it is sent. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Resolves to the answers as they came, byte for byte, except for parts that differ each time: dates, values of cookies, and tags
 * made from a time.
 */
export async function answersOf(port: number, asks: readonly Ask[]): Promise<string[]> {
  const answers: string[] = [];
  // Requests are made one after the other, because sessions count.
  for (const ask of asks) answers.push(settled(await answerOf(port, ask)));
  return answers;
}

function answerOf(port: number, { method = 'GET', path, headers = {}, body = '' }: Ask): Promise<string> {
  const lines = Object.entries({
    host: 'gate.test',
    connection: 'close',
    ...headers,
    ...(body && { 'content-length': Buffer.byteLength(body) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
    });
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

function settled(answer: string): string {
  return answer.replace(/^date: .*$/im, 'date').replace(/connect\.sid=[^;]*/, 'connect.sid');
}
