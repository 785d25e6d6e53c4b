import { LiveswapError, messageOf } from '../core/errors.js';
import type { Change } from './change.js';
import type { Generation } from './generation.js';
import type { OnReload } from './options.js';

/** Whoever has a say in whether a generation becomes current: gates of the layers above, the host, whoever asked for the change. */
export class Assent {
  readonly #onReload: OnReload | undefined;
  readonly #gates = new Set<OnReload>();

  /** `onReload` is the option of the swapper. */
  constructor(onReload: OnReload | undefined) {
    this.#onReload = onReload;
  }

  /** Has every change pass `gate` before the host is asked, until the returned function is called; what it throws refuses it. */
  addGate(gate: OnReload): () => void {
    this.#gates.add(gate);
    return () => void this.#gates.delete(gate);
  }

  /** @throws LiveswapError `RELOAD_VETOED`, and what a gate throws */
  async ask(change: Change, next: Generation, previous: Generation | undefined): Promise<void> {
    for (const gate of this.#gates) await gate(next, previous);
    const vetoes = [this.#onReload, change.reason === 'rollback' ? undefined : change.onReload];
    for (const veto of vetoes) if (veto) await ask(veto, next, previous);
  }
}

async function ask(veto: OnReload, next: Generation, previous: Generation | undefined): Promise<void> {
  try {
    await veto(next, previous);
  } catch (cause) {
    const message = `onReload refused the new generation: ${messageOf(cause)}`;
    throw new LiveswapError('RELOAD_VETOED', message, { cause });
  }
}
