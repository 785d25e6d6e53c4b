import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

interface InspectorMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Code that a thread has loaded. */
export interface InspectedScript {
  readonly thread: InspectedThread;
  readonly url: string;
  readonly sourceMapURL: string;
}

/** A debugger's session with one thread. */
export class InspectedThread {
  readonly #send: (message: object) => void;
  readonly #answered = new Map<number, () => void>();
  #markPaused = (): void => {};
  /** Resolves when the thread stops for the first time. */
  readonly paused = new Promise<void>((resolve) => (this.#markPaused = resolve));
  #lastId = 0;

  constructor(send: (message: object) => void) {
    this.#send = send;
  }

  /** Sends a command. Resolves when the thread has carried it out. */
  tell(method: string, params: object = {}): Promise<void> {
    const id = ++this.#lastId;
    this.#send({ id, method, params });
    return new Promise((resolve) => this.#answered.set(id, resolve));
  }

  receive({ id = 0, method }: InspectorMessage): void {
    this.#answered.get(id)?.();
    if (method === 'Debugger.paused') this.#markPaused();
  }
}

/**
 * Attaches to the threads of a process by way of its inspector, as editors do. Resolves to the first script whose URL matches.
 *
 * @param address of the process's inspector: `ws://…`.
 */
export async function findScript(address: string, pattern: RegExp): Promise<InspectedScript> {
  const socket = new WebSocket(address);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  let lastId = 0;
  const send = (method: string, params: object): void =>
    socket.send(JSON.stringify({ id: ++lastId, method, params }));
  const threads = new Map<unknown, InspectedThread>();
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      const { method, params = {} } = JSON.parse(data.toString()) as InspectorMessage;
      const { sessionId } = params;
      if (method === 'NodeWorker.attachedToWorker') {
        const thread = new InspectedThread((message) =>
          send('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(message) }),
        );
        threads.set(sessionId, thread);
        void thread.tell('Debugger.enable');
      }
      const thread = threads.get(sessionId);
      if (method !== 'NodeWorker.receivedMessageFromWorker' || !thread) return;
      const inner = JSON.parse(params['message'] as string) as InspectorMessage;
      thread.receive(inner);
      const { url, sourceMapURL } = (inner.params ?? {}) as { url?: string; sourceMapURL?: string };
      if (inner.method === 'Debugger.scriptParsed' && url !== undefined && pattern.test(url))
        resolve({ thread, url, sourceMapURL: sourceMapURL ?? '' });
    });
    send('NodeWorker.enable', { waitForDebuggerOnStart: false });
  });
}
