import type { MessagePort } from 'node:worker_threads';
import { LiveswapError } from '../core/errors.js';
import { readChain } from '../core/chain.js';
import { setTimeout } from '../core/timers.js';
import type { Answer } from '../link/incoming-calls.js';
import { Link } from '../link/link.js';
import { Scope } from '../link/protocol.js';
import { SILENT_DEATH_MS } from '../link/silent-death.js';
import type { ImportPeer } from './imports.js';

/** The thread at the other end of a link. */
interface Importer {
  readonly id: number;
  /** Tells why the thread is gone. */
  readonly tell: (cause: LiveswapError) => void;
}

/** The direct links of other threads whose plugins import this one. They reach its exports, and nothing else. */
export class Importers {
  readonly #peer: ImportPeer;
  readonly #answer: Answer;
  readonly #links = new Map<Link, Importer>();

  constructor(peer: ImportPeer, answer: Answer) {
    this.#peer = peer;
    this.#answer = answer;
  }

  /** Answers the calls that arrive on `port`, from thread `id` of `plugin`. */
  accept(port: MessagePort, id: number, plugin: string): void {
    let tell!: Importer['tell'];
    const told = new Promise<LiveswapError>((resolve) => {
      tell = resolve;
    });
    const link: Link = new Link(port, {
      channels: 'odd',
      ...this.#peer,
      askCallback: this.#peer.askCallbackOf(plugin),
      answer: async (scope, name, args, call) => {
        const done = this.#peer.hold();
        try {
          // The scope on the wire also carries the chain, so it stays as it is when it asks for an export.
          const asked = readChain(scope, name).scope === Scope.export ? scope : Scope.export;
          return await this.#answer(asked, name, args, call);
        } finally {
          done();
        }
      },
      onLost: () => {
        // The host knows why the thread is gone, and usually reports that at once.
        setTimeout(() => tell(importerDied(plugin)), SILENT_DEATH_MS).unref();
        void told.then((cause) => {
          this.#links.delete(link);
          link.close(cause);
        });
      },
    });
    this.#links.set(link, { id, tell });
  }

  /** Tells why thread `id` is gone: once all that it sent is read, its calls are aborted with `error`, and its call-backs are dead. */
  gone(id: number, error: LiveswapError): void {
    for (const importer of this.#links.values()) if (importer.id === id) importer.tell(error);
  }

  /** Sends messages that wait for the end of the turn. */
  flush(): void {
    for (const link of this.#links.keys()) link.flush();
  }

  /** Aborts the calls that run here with `cause` and returns open iterators. */
  interrupt(cause: LiveswapError): void {
    for (const link of this.#links.keys()) link.interrupt(cause);
  }

  close(cause: LiveswapError): void {
    for (const link of this.#links.keys()) link.close(cause);
  }
}

function importerDied(plugin: string): LiveswapError {
  return new LiveswapError('THREAD_CRASHED', `A thread of ${plugin}, which imports this plugin, died.`, {
    plugin,
  });
}
