import { LiveswapError } from '../core/errors.js';
import type { Manifest } from '../manifest/manifest.js';
import { breaksBetween, type SymbolBreak } from './breaks.js';
import type { HostContract } from './host-contract.js';
import { Takeover } from './takeover.js';
import { usersOf, type Sides, type User } from './users.js';

/** Uses that must keep working: known ones, all, or none. */
export type Compatibility = 'backward' | 'strict' | 'off';

/** A break, and the users that it affects. */
export interface ContractBreak extends SymbolBreak {
  /** Plugins and the host, where they are known to use what breaks. */
  readonly usedBy: readonly User[];
}

/** The breaks between two releases. */
export interface ReleaseReport {
  /** Breaks of known uses or, in strict mode, of anything, for which the release is refused. */
  readonly breaks: readonly ContractBreak[];
  /** Breaks that are permitted because the release gives a reason. */
  readonly permitted: readonly ContractBreak[];
}

/** Compares two releases of all the plugins. */
export function compareReleases(
  before: readonly Manifest[],
  after: readonly Manifest[],
  compatibility: Compatibility,
  host?: HostContract,
): ReleaseReport {
  if (compatibility === 'off') return { breaks: [], permitted: [] };
  const found = breaksBetween(before, after)
    .map((broken): ContractBreak => ({ ...broken, usedBy: usersOf(broken, { before, after, host }) }))
    .filter(({ usedBy }) => compatibility === 'strict' || usedBy.length > 0);
  return {
    breaks: found.filter(({ reason }) => reason === undefined),
    permitted: found.filter(({ reason }) => reason !== undefined),
  };
}

/**
 * Returns breaks for users that were checked against a release `since` before the one that runs: two steps can break what neither
 * breaks alone. Breaks of the running release itself were let through when it came.
 */
export function breaksSince(
  since: readonly Manifest[],
  { before, after, host }: Sides,
  isMeant: (user: User) => boolean,
): ContractBreak[] {
  const earlier = new Takeover(since, before);
  return breaksBetween(since, after)
    .filter(({ what, symbol, reason }) => reason === undefined && earlier.takes(what, symbol))
    .map((broken) => {
      const usedBy = usersOf(broken, { before: since, after, host }).filter(isMeant);
      return { ...broken, usedBy };
    })
    .filter(({ usedBy }) => usedBy.length > 0);
}

/** Formats a break: `live_open(gate): parameter gate was string, is Gate; used by chat, host contract`. */
export function breakText({
  symbol,
  plugin,
  kind,
  part,
  before,
  after,
  usedBy,
  isUnsure,
}: ContractBreak): string {
  const users = usedBy.map(({ kind: user, name }) => (user === 'host' ? 'host contract' : name));
  const unsure = isUnsure
    ? ' (types that depend on type parameters are compatible only when they are the same)'
    : '';
  const used = users.length > 0 ? `; used by ${users.join(', ')}` : '; not known to be used';
  const changed =
    kind === 'removed'
      ? `${part === undefined ? '' : `${part}() of it `}is gone`
      : `${kind}${part === undefined ? '' : ` ${part}`} was ${before}, is ${after}`;
  return `${symbol}(${plugin}): ${changed}${unsure}${used}`;
}

/** Creates the error that refuses a release because of its breaks. */
export function contractBroken(breaks: readonly ContractBreak[]): LiveswapError {
  const list = breaks.map((one) => breakText(one)).join(' | ');
  return new LiveswapError(
    'CONTRACT_BROKEN',
    `The release breaks what is used: ${list}. Keep the old form beside the new one, or allow it with @breaking or definePlugin({ removed }).`,
    { breaks },
  );
}
