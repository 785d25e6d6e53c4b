import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { expose, wrap } from 'comlink';
import { driveCalls } from '../../workload/drive.js';
import { order } from '../../workload/payloads.js';
import { nodeEndpoint } from '../calls/node-endpoint.js';

/** Role of a thread of the pair. */
export interface PairTask {
  readonly protocol: 'messages' | 'comlink';
  readonly role: 'caller' | 'callee';
  readonly port: MessagePort;
}

/** Task of the calling thread. */
export interface RelayTask {
  readonly inFlight: number;
  readonly ms: number;
}

interface Message {
  readonly id: number;
  readonly value: unknown;
}

type Echo = (value: unknown) => Promise<unknown>;

const { protocol, role, port } = workerData as PairTask;

if (role === 'callee') answer();
else {
  const echo = protocol === 'comlink' ? comlinkEcho() : messageEcho();
  parentPort?.on('message', async ({ inFlight, ms }: RelayTask) => {
    parentPort?.postMessage(await driveCalls(() => echo(order), inFlight, ms));
  });
}

function answer(): void {
  if (protocol === 'comlink') expose({ echo: (value: unknown) => value }, nodeEndpoint(port));
  else port.on('message', (message: Message) => port.postMessage(message));
}

function comlinkEcho(): Echo {
  const remote = wrap<{ echo(value: unknown): unknown }>(nodeEndpoint(port));
  return (value) => remote.echo(value);
}

function messageEcho(): Echo {
  const pending = new Map<number, (value: unknown) => void>();
  let last = 0;
  port.on('message', ({ id, value }: Message) => {
    pending.get(id)?.(value);
    pending.delete(id);
  });
  return (value) =>
    new Promise((resolve) => {
      pending.set(++last, resolve);
      port.postMessage({ id: last, value } satisfies Message);
    });
}
