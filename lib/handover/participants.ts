import { keyOf } from '../core/plugin-key.js';
import { hookTag, isInAnyHook, workTag } from '../core/chain.js';
import { Pace } from '../core/pace.js';
import type { Call } from '../dispatch/call.js';
import type { Cause } from '../plugin/cause.js';
import type { Version } from '../version/version.js';

/** The versions that take part in a hand-over. */
export interface Participants {
  /** Versions that are replaced or leave; dependencies first. */
  readonly leaving: readonly Version[];
  /** Versions that take over or are new; dependencies first. */
  readonly arriving: readonly Version[];
  readonly cause: Cause;
}

/** Returns the exclusive versions among those that leave, whose calls wait. */
export function exclusivesOf({ leaving }: Participants): Version[] {
  return leaving.filter(({ exclusive }) => exclusive);
}

/** Returns the version that takes the place of `version`, if there is one. */
export function successorOf(version: Version, { arriving }: Participants): Version | undefined {
  return arriving.find(({ plugin }) => keyOf(plugin) === keyOf(version.plugin));
}

/**
 * Returns filters for calls on behalf of work that a hand-over waits for: of hooks always, of exclusive work while it runs. Until
 * that ends, calls of the hooks of others are let in as well: the work may wait for a thread that comes up there.
 */
export function admittance(participants: Participants): {
  whileRunning: (call: Call) => boolean;
  awaited: (call: Call) => boolean;
  hooksOnly: (call: Call) => boolean;
} {
  const { leaving, arriving } = participants;
  const hooks = new Set([...leaving, ...arriving].map(({ plugin, id }) => hookTag(plugin, id)));
  const work = new Set(exclusivesOf(participants).map(({ plugin, id }) => workTag(plugin, id)));
  const awaited = ({ chain }: Call): boolean => chain.some((tag) => hooks.has(tag) || work.has(tag));
  return {
    whileRunning: (call) => awaited(call) || isInAnyHook(call.chain),
    awaited,
    hooksOnly: ({ chain }) => chain.some((tag) => hooks.has(tag)),
  };
}

/**
 * Runs something for each of `versions`, concurrently where none depends on another, without keeping the event loop; `before`
 * returns those that come first.
 */
export async function inOrder(
  versions: readonly Version[],
  before: (version: Version) => Iterable<Version>,
  run: (version: Version) => Promise<unknown>,
): Promise<void> {
  const pace = new Pace();
  const among = new Set(versions);
  const runs = new Map<Version, Promise<unknown>>();
  const runOf = (version: Version): Promise<unknown> => {
    const known = runs.get(version);
    if (known) return known;
    const first = [...before(version)].filter((one) => among.has(one));
    const started = Promise.all(first.map(runOf)).then(() => pace.do(() => run(version)));
    runs.set(version, started);
    return started;
  };
  const settled = await Promise.allSettled(versions.map(runOf));
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
}
