import { parentPort, workerData } from 'node:worker_threads';
import type { ArtifactModule } from '../../../lib/plugin/artifact-module.js';

/** A request as its worker gets it. */
export type AskedOfWorker = readonly [
  id: number,
  method: string,
  target: string,
  headers: [name: string, value: string][],
  body: Uint8Array<ArrayBuffer> | undefined,
];

/** Message of a client: the number of its socket, and the text. */
export type HeardByWorker = readonly [socket: number, text: string];

/** Answer to a request, or to a message. */
export type SaidByWorker =
  | readonly [id: number, status: number, headers: [name: string, value: string][], body: ArrayBuffer]
  | readonly [socket: number, text: string];

interface App {
  fetch(request: Request): Response | Promise<Response>;
  readonly websocket: { message(peer: object, message: object): void };
}

const { http } = ((await import(workerData as string)) as ArtifactModule).plugin as unknown as { http: App };
const say = (said: SaidByWorker, transfer: ArrayBuffer[] = []): void =>
  parentPort?.postMessage(said, transfer);

parentPort?.on('message', (asked: AskedOfWorker | HeardByWorker) => {
  if (asked.length === 5) {
    void answer(asked);
    return;
  }
  const [socket, text] = asked;
  http.websocket.message({ send: (said: string) => say([socket, said]) }, { text: () => text });
});

async function answer([id, method, target, headers, body]: AskedOfWorker): Promise<void> {
  const request = new Request(`http://localhost${target}`, { method, headers, body: body ?? null });
  const response = await http.fetch(request);
  const bytes = await response.arrayBuffer();
  say([id, response.status, [...response.headers], bytes], [bytes]);
}
