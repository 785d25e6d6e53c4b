import { once } from 'node:events';
import { request, type Agent, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { AppWorld } from './app-world.js';

const UPLOADED_BYTES = 200_000;
const MESSAGES = 5;

/**
 * Clients that ask without a pause until they are stopped; each uses the server in all ways, over connections that are kept
 * alive.
 */
export class Clients {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #world: AppWorld;
  #isOver = false;

  constructor(url: string, agent: Agent, world: AppWorld) {
    this.#url = url;
    this.#agent = agent;
    this.#world = world;
  }

  /** Resolves when every client has ended its last request. */
  async run(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, first) => this.#client(first)));
  }

  stop(): void {
    this.#isOver = true;
  }

  async #client(first: number): Promise<void> {
    const ways = [
      () => this.#world.watch('a request', () => this.#get()),
      () => this.#world.watch('a stream', () => this.#stream()),
      () => this.#world.watch('an upload', () => this.#upload()),
      () => this.#talk(),
    ];
    for (let turn = first; !this.#isOver; turn++) await ways[turn % ways.length]?.();
  }

  async #get(): Promise<number> {
    return Number(await this.#ask('/'));
  }

  async #stream(): Promise<number> {
    const lines = (await this.#ask('/stream')).trimEnd().split('\n');
    const editions = new Set(lines.map((line) => line.split(' ')[0]));
    if (lines.length !== 8 || editions.size !== 1)
      throw new Error(`${lines.length} lines of ${editions.size} editions`);
    return Number([...editions][0]);
  }

  async #upload(): Promise<number> {
    const [edition, bytes] = (await this.#ask('/upload', Buffer.alloc(UPLOADED_BYTES))).split(' ');
    if (Number(bytes) !== UPLOADED_BYTES) throw new Error(`${bytes} bytes arrived`);
    return Number(edition);
  }

  /** Talks over a WebSocket, which stays with the version that accepted it. */
  async #talk(): Promise<void> {
    await this.#world.watch('a WebSocket', async () => {
      const socket = new WebSocket(this.#url.replace('http', 'ws'));
      try {
        await once(socket, 'open');
        const editions = new Set<number>();
        for (let nth = 0; nth < MESSAGES; nth++) editions.add(await echoOf(socket, String(nth)));
        if (editions.size !== 1) throw new Error(`${editions.size} editions answered`);
        return [...editions][0] as number;
      } finally {
        socket.terminate();
      }
    });
  }

  async #ask(path: string, body?: Buffer): Promise<string> {
    const options = { agent: this.#agent, method: body ? 'POST' : 'GET' };
    const asked = request(`${this.#url}${path}`, options);
    // An error after the response is an error of the response, too.
    asked.on('error', () => {});
    asked.end(body);
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.setEncoding('utf8');
    let text = '';
    for await (const chunk of response) text += chunk as string;
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    return text;
  }
}

async function echoOf(socket: WebSocket, text: string): Promise<number> {
  const closed = new AbortController();
  const onClose = (): void => closed.abort(new Error('it was closed'));
  socket.once('close', onClose);
  try {
    const heard = once(socket, 'message', { signal: closed.signal }) as Promise<[Buffer]>;
    socket.send(text);
    const [edition, echo] = (await heard)[0].toString().split(' ');
    if (echo !== text) throw new Error(`${echo} came back for ${text}`);
    return Number(edition);
  } finally {
    socket.off('close', onClose);
  }
}
