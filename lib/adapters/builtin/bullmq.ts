import { defineAdapter } from '../adapter.js';
import { holdUntilSettled } from '../held-function.js';
import { takesWork } from '../takes-work.js';

/** The connection of a worker that waits for jobs. */
interface BlockingConnection {
  disconnect(waits: boolean): Promise<unknown>;
  reconnect(): Promise<unknown>;
}

/** Parts of a worker, of versions 5 and 6. */
interface Worker {
  readonly waiting: unknown;
  readonly blockingConnection?: BlockingConnection;
  readonly backend?: {
    disconnectBlocking(waits: boolean): Promise<unknown>;
    reconnectBlocking(): Promise<unknown>;
  };
  run(): Promise<unknown>;
  pause(doNotWaitActive: boolean): Promise<unknown>;
  resume(): Promise<unknown>;
  close(): Promise<unknown>;
  emit(event: 'error', error: unknown): void;
}

/** Facts about a worker's loop, which ends when it is paused and its last job has been written off. */
interface Loop {
  readonly ended: Promise<unknown>;
  /** Releases the waiting version, because the loop goes on. */
  goesOn?: () => void;
}

const loops = new WeakMap<Worker, Loop>();

const worker = takesWork<Worker>({
  construct: ([name, processor, options, ...rest]) => [
    name,
    processor,
    options && { ...options, autorun: false },
    ...rest,
  ],
  start: (made, { args: [, processor, options] }) => {
    const { autorun = true } = (options ?? {}) as { autorun?: boolean };
    if (autorun && processor) made.run().catch((error: unknown) => made.emit('error', error));
  },
  pause: async (made) => {
    await made.pause(true);
    const loop = loops.get(made);
    if (!loop) return;
    const goesOn = new Promise<void>((resolve) => (loop.goesOn = resolve));
    holdUntilSettled(Promise.race([loop.ended, goesOn]));
    // Otherwise the worker would take one more job, the next to arrive. A server that does not answer does not delay the pause.
    if (made.waiting)
      connectionOf(made)
        .disconnect(true)
        .catch(() => {});
  },
  resume: async (made) => {
    loops.get(made)?.goesOn?.();
    // The connection may be open already.
    await connectionOf(made)
      .reconnect()
      .catch(() => {});
    await made.resume();
  },
  end: (made) => made.close(),
  hold: ['processor'],
  waits: {
    run: (proceed, made) => {
      const ended = Promise.resolve(proceed());
      loops.set(made, { ended });
      return ended;
    },
  },
});

function connectionOf({ backend, blockingConnection }: Worker): BlockingConnection {
  if (blockingConnection) return blockingConnection;
  return {
    disconnect: async (waits) => backend?.disconnectBlocking(waits),
    reconnect: async () => backend?.reconnectBlocking(),
  };
}

/** A listener for the events of a queue; each instance receives all of them. */
interface QueueEvents {
  readonly opts: { lastEventId?: string };
  readonly keys: Readonly<Record<string, string>>;
  readonly client?: Promise<StreamClient>;
  readonly backend?: { readonly client: Promise<StreamClient> };
  emit(event: string, ...facts: unknown[]): boolean;
  run(): Promise<unknown>;
  close(): Promise<unknown>;
}

interface StreamClient {
  xrevrange?(
    key: string,
    end: '+',
    start: '-',
    count: 'COUNT',
    most: 1,
  ): Promise<[id: string, fields: unknown][]>;
}

/** Position of a listener in the stream. */
interface Position {
  last: string | undefined;
  /** Events that arrived while another version may have been the one to receive them. */
  held: (() => unknown)[] | undefined;
}

const positions = new WeakMap<QueueEvents, Position>();

const queueEvents = takesWork<QueueEvents>({
  construct: ([name, options, ...rest]) => [name, options && { ...options, autorun: false }, ...rest],
  start: async (made, { args: [, options], previous }) => {
    const { autorun = true, lastEventId } = (options ?? {}) as { autorun?: boolean; lastEventId?: string };
    const from = (previous as string | undefined) ?? lastEventId ?? (await latestOf(made));
    made.opts.lastEventId = from;
    follow(made, from);
    if (autorun) await made.run();
  },
  pause: (made) => {
    const position = positions.get(made);
    if (position) position.held = [];
    return position?.last;
  },
  resume: (made) => {
    const position = positions.get(made);
    const held = position?.held ?? [];
    if (position) position.held = undefined;
    for (const tell of held) tell();
  },
  end: (made) => made.close(),
});

/** Records the position of each event in the stream, which is the last argument of a listener. */
function follow(made: QueueEvents, from: string): void {
  const position: Position = { last: from, held: undefined };
  positions.set(made, position);
  const emit = made.emit.bind(made);
  made.emit = (event, ...facts) => {
    const id = facts.at(-1);
    // `completed:7` serves code that waits for the end of that job, in this version only.
    if (event.includes(':')) return emit(event, ...facts);
    if (typeof id !== 'string' || !/^\d+-\d+$/.test(id)) return emit(event, ...facts);
    const tell = (): boolean => {
      position.last = id;
      return emit(event, ...facts);
    };
    if (!position.held) return tell();
    position.held.push(tell);
    return true;
  };
}

/** Resolves to the current end of the stream. */
async function latestOf({ client, backend, keys }: QueueEvents): Promise<string> {
  const redis = await (client ?? backend?.client);
  // Other clients name this command differently: there, the listener begins with the next event.
  if (!redis?.xrevrange) return '$';
  const [latest] = await redis.xrevrange(keys['events'] ?? '', '+', '-', 'COUNT', 1);
  return latest?.[0] ?? '0-0';
}

export default defineAdapter('bullmq', {
  versions: '>=5 <7',
  exports: { Worker: worker, QueueEvents: queueEvents },
});
