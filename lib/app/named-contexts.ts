import { createSecureContext, type SecureContext } from 'node:tls';
import type { Switchboard } from '../sockets/host/switchboard.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import { errorOfFacts, type AppNote } from '../surface/app-notes.js';

type ContextNote = Extract<AppNote, { readonly kind: 'context' }>;

/** Maximum number of contexts kept for one thread, because an `SNICallback` may create another one for each handshake. */
const MOST_CONTEXTS = 256;

/** A request that a thread has not answered. */
interface Asked {
  readonly tunnel: Tunnel;
  resolve(note: ContextNote): void;
  reject(cause: unknown): void;
}

/** The TLS contexts that servers of an app choose by the server name in a handshake; their threads know the options of each. */
export class NamedContexts {
  readonly #asked = new Map<number, Asked>();
  /** Contexts made here, by their number in their thread; the most recently used one comes last. */
  readonly #made = new WeakMap<Tunnel, Map<number, SecureContext>>();
  #last = 0;

  /**
   * Resolves to the context that the server of an address uses for a name, or to `undefined` for its default one. While no thread
   * serves there, it waits for the next.
   *
   * @throws the error of the server's `SNICallback`
   */
  async of(board: Switchboard, key: string, servername: string): Promise<SecureContext | undefined> {
    for (;;) {
      const tunnel = await board.whenServed();
      const note = await this.#ask(tunnel, key, servername).catch(() => undefined);
      // The thread is gone, and another one serves in its place.
      if (!note) continue;
      if (note.error) throw errorOfFacts(note.error);
      return note.context && this.#contextOf(tunnel, note.context);
    }
  }

  answered(tunnel: Tunnel, note: ContextNote): void {
    const asked = this.#asked.get(note.ask);
    if (asked?.tunnel !== tunnel) return;
    this.#asked.delete(note.ask);
    asked.resolve(note);
  }

  /** Handles the loss of a thread, which will answer nothing any more. */
  lost(tunnel: Tunnel): void {
    for (const [ask, asked] of this.#asked) {
      if (asked.tunnel !== tunnel) continue;
      this.#asked.delete(ask);
      asked.reject(new Error('the thread is gone'));
    }
  }

  #ask(tunnel: Tunnel, key: string, servername: string): Promise<ContextNote> {
    return new Promise((resolve, reject) => {
      const ask = ++this.#last;
      this.#asked.set(ask, { tunnel, resolve, reject });
      tunnel.note({ kind: 'context', ask, key, servername });
    });
  }

  #contextOf(tunnel: Tunnel, { id, options }: NonNullable<ContextNote['context']>): SecureContext {
    const made = this.#made.get(tunnel) ?? new Map<number, SecureContext>();
    this.#made.set(tunnel, made);
    const context = made.get(id) ?? createSecureContext(options);
    made.delete(id);
    made.set(id, context);
    const [oldest] = made.keys();
    if (made.size > MOST_CONTEXTS && oldest !== undefined) made.delete(oldest);
    return context;
  }
}
