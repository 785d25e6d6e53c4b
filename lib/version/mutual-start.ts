import { isInStartOf } from '../core/chain.js';
import type { Call } from '../dispatch/call.js';
import type { Balancer } from '../dispatch/balancer.js';

/** A version whose threads may come up while those of others do. */
export interface StartingVersion {
  readonly plugin: string;
  readonly id: string;
  readonly dependencies: ReadonlyMap<string, StartingVersion>;
  readonly balancer: Pick<Balancer, 'waiting' | 'hasPending'>;
}

/**
 * Returns whether a call is part of hooks with which threads come up, and for which hooks of `version` wait in turn. An import
 * counts as a wait: calls on direct links cannot be seen from the host.
 */
export function isAwaitedInTurn(
  { chain }: Call,
  version: StartingVersion,
  versions: Iterable<StartingVersion>,
): boolean {
  const all = [...versions];
  const awaited = new Set([version]);
  // What is added on the way is visited, too.
  for (const one of awaited) {
    for (const dependency of one.dependencies.values()) awaited.add(dependency);
    const isOfOne = (call: Call): boolean => !call.answered && isInStartOf(call.chain, [one]);
    for (const other of all) {
      const { balancer } = other;
      if (balancer.hasPending(isOfOne) || [...balancer.waiting].some(isOfOne)) awaited.add(other);
    }
  }
  awaited.delete(version);
  return isInStartOf(chain, [...awaited]);
}
