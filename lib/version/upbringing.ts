import { hookTag, isInStartOf } from '../core/chain.js';
import type { Gatekeeper } from '../dispatch/admission.js';
import type { Balancer } from '../dispatch/balancer.js';
import type { Call } from '../dispatch/call.js';
import { notReplacedError, type Subject } from './version-errors.js';

/** A version whose threads may come up while a gate is closed. */
export interface ComingVersion extends Subject {
  readonly balancer: Pick<Balancer, 'pending' | 'queued' | 'refuseStranded'>;
}

/**
 * Refuses calls for which `isMeant` holds where no thread of a version is up, since whoever puts one in place waits for them.
 * `keeper` is told of the others, which wait.
 */
export function refuseStranded(
  version: ComingVersion,
  isMeant: (call: Call) => boolean,
  keeper?: Pick<Gatekeeper, 'held'>,
): void {
  version.balancer.refuseStranded((call) => {
    if (isMeant(call)) return notReplacedError(version);
    keeper?.held(call);
    return undefined;
  });
}

/**
 * The versions of which a thread that comes up waits behind a closed gate. What the gate waits for must not wait for that thread in
 * turn.
 */
export class Upbringing implements Gatekeeper {
  readonly #versions: () => Iterable<ComingVersion>;
  readonly #isMeant: (call: Call) => boolean;
  readonly #held = new Set<ComingVersion>();

  /** `isMeant` tells the calls for which the gate waits. */
  constructor(versions: () => Iterable<ComingVersion>, isMeant: (call: Call) => boolean) {
    this.#versions = versions;
    this.#isMeant = isMeant;
  }

  /** Notes a call that is held. */
  held({ chain }: Call): void {
    if (chain.length === 0) return;
    for (const version of this.#versions()) {
      const waits = chain.includes(hookTag(version.plugin, version.id)) || isInStartOf(chain, [version]);
      if (!waits) continue;
      this.#held.add(version);
      refuseStranded(version, this.#isMeant);
    }
  }

  /** The gate is open. */
  opened(): void {
    for (const { balancer } of this.#held) balancer.refuseStranded(undefined);
  }
}
