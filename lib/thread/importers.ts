import type { MessagePort } from 'node:worker_threads';
import { LiveswapError } from '../core/errors.js';
import { readChain } from '../core/chain.js';
import type { Answer } from '../link/incoming-calls.js';
import { Link } from '../link/link.js';
import { Scope } from '../link/protocol.js';
import type { ImportPeer } from './imports.js';

/** The direct links of other threads whose plugins import this one. They reach its exports, and nothing else. */
export class Importers {
  readonly #peer: ImportPeer;
  readonly #answer: Answer;
  readonly #links = new Set<Link>();

  constructor(peer: ImportPeer, answer: Answer) {
    this.#peer = peer;
    this.#answer = answer;
  }

  /** Answers the calls that arrive on `port`, from a thread of `plugin`. */
  accept(port: MessagePort, plugin: string): void {
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
        this.#links.delete(link);
        link.close(new LiveswapError('RETIRED', 'The thread that called is gone.'));
      },
    });
    this.#links.add(link);
  }

  /** Sends messages that wait for the end of the turn. */
  flush(): void {
    for (const link of this.#links) link.flush();
  }

  /** Aborts the calls that run here with `cause` and returns open iterators. */
  interrupt(cause: LiveswapError): void {
    for (const link of this.#links) link.interrupt(cause);
  }

  close(cause: LiveswapError): void {
    for (const link of this.#links) link.close(cause);
  }
}
