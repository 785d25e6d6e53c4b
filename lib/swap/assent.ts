import { LiveswapError, messageOf } from '../core/errors.js';
import type { Change } from './change.js';
import type { Generation } from './generation.js';
import type { OnReload } from './options.js';

/** When a gate is asked: `'last'` is for what is felt outside before the generation is current. */
export type Turn = 'first' | 'last';

/** Asks everyone who may veto a generation: gates of the layers above, the host, and the caller that requested the change. */
export class Assent {
  readonly #onReload: OnReload | undefined;
  readonly #gates = { first: new Set<OnReload>(), last: new Set<OnReload>() };

  /** `onReload` is the swapper's option of that name. */
  constructor(onReload: OnReload | undefined) {
    this.#onReload = onReload;
  }

  /**
   * Asks `gate` about every change, before the host is asked or after it has agreed, until the returned function is called; an
   * error it throws refuses the change.
   */
  addGate(gate: OnReload, turn: Turn = 'first'): () => void {
    const gates = this.#gates[turn];
    gates.add(gate);
    return () => void gates.delete(gate);
  }

  /** @throws LiveswapError `RELOAD_VETOED`, or any error that a gate throws */
  async ask(change: Change, next: Generation, previous: Generation | undefined): Promise<void> {
    const { first, last } = this.#gates;
    for (const gate of first) await gate(next, previous);
    const vetoes = [this.#onReload, change.reason === 'rollback' ? undefined : change.onReload];
    for (const veto of vetoes) if (veto) await ask(veto, next, previous);
    for (const gate of last) await gate(next, previous);
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
