import {
  errorFacts,
  errorOfFacts,
  ProcessOutcome,
  type AppAnswer,
  type AppNote,
  type ProcessChange,
} from '../surface/app-notes.js';
import { awaitAnswer, awaitedAnswer } from '../surface/awaited-answer.js';
import type { ContextFacts, ListenRequest } from '../surface/listen.js';
import type { TunnelEnd } from '../sockets/thread/tunnel-end.js';
import type { ListenCallbacks, ListenHost } from './adopted-servers.js';

/** Time for which the host may be busy with other work, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Longest wait for a host that may have cut the tunnel, in milliseconds. */
const CLOSE_MS = 1_000;

type ListenAnswer = Extract<AppAnswer, { readonly kind: 'listening' | 'refused' }>;

/** Asks the host for addresses, over the tunnel that carries their connections. */
export class HostLine implements ListenHost {
  readonly #end: () => TunnelEnd;
  readonly #asked = new Map<number, ListenCallbacks>();
  #last = 0;

  constructor(end: () => TunnelEnd) {
    this.#end = end;
  }

  listen(request: ListenRequest, callbacks: ListenCallbacks): void {
    const ask = ++this.#last;
    this.#asked.set(ask, callbacks);
    // In a process, an address without a host is known as soon as `listen` returns, while a name must be looked up first.
    if (request.host !== undefined) return this.#say({ kind: 'listen', ask, request });
    const awaited = awaitedAnswer();
    this.#say({ kind: 'listen', ask, request, awaited });
    this.#end().flush();
    const answer = awaitAnswer(awaited, PATIENCE_MS);
    if (answer !== undefined) this.answered(answer as ListenAnswer);
  }

  close(key: string, isFile: boolean): void {
    if (!isFile) return this.#say({ kind: 'close', key });
    // In a process, the file is gone as soon as `close` returns.
    const awaited = awaitedAnswer();
    this.#say({ kind: 'close', key, awaited });
    this.#end().flush();
    awaitAnswer(awaited, CLOSE_MS);
  }

  renew(key: string, request: ListenRequest): void {
    this.#say({ kind: 'renew', key, request });
  }

  /** Answers the host, which needs a TLS context. */
  async context(ask: number, context: Promise<ContextFacts | undefined>): Promise<void> {
    try {
      const found = await context;
      this.#say({ kind: 'context', ask, ...(found && { context: found }) });
    } catch (error) {
      this.#say({ kind: 'context', ask, error: errorFacts(error) });
    }
  }

  /** The entry has been evaluated, and its requests to listen are answered. */
  ready(): void {
    this.#say({ kind: 'ready' });
  }

  /** The entry threw; `place` is in the app's own files, where the stack of `error` names none. */
  failed(error: unknown, place?: string): void {
    this.#say({ kind: 'failed', error: errorFacts(error), place });
  }

  /** Requests were answered; see `RequestTimes`. */
  answeredRequests(ended: readonly number[]): void {
    this.#say({ kind: 'requests', ended });
  }

  /** A module was loaded of which the build did not know that it is one. */
  joined(path: string): void {
    this.#say({ kind: 'joined', path });
  }

  /** A file of the running copy is missing. `awaited` receives the answer, for which this thread or another one blocks. */
  missing(awaited: SharedArrayBuffer): void {
    this.#say({ kind: 'missing', awaited });
    this.#end().flush();
  }

  /** Changes the host's process. The thread blocks meanwhile, as for a system call. */
  change(change: ProcessChange): boolean {
    const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    this.#say({ kind: 'process', change, done });
    this.#end().flush();
    Atomics.wait(done, 0, ProcessOutcome.waiting, PATIENCE_MS);
    return Atomics.load(done, 0) === ProcessOutcome.changed;
  }

  /** The host has answered. */
  answered(answer: ListenAnswer): void {
    const asked = this.#asked.get(answer.ask);
    // An answer for which the thread blocked arrives a second time as a message.
    this.#asked.delete(answer.ask);
    if (answer.kind === 'listening') asked?.opened(answer);
    else asked?.refused(errorOfFacts(answer.error));
  }

  #say(note: AppNote): void {
    this.#end().note(note);
  }
}
