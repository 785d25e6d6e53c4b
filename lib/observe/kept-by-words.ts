import type { KeptBy, VersionStats } from './stats.js';

/** Maximum number of reasons in a line: nobody reads more. */
const MOST_REASONS = 4;

/** Describes why a version is still alive, in a line: `live_guard 1.2 s, 2 open in thread 0`. */
export function pendingWords({ keptBy }: Pick<VersionStats, 'keptBy'>): string {
  const told = keptBy.slice(0, MOST_REASONS).map(keptByWords).join(', ');
  return keptBy.length > MOST_REASONS ? `${told} and ${keptBy.length - MOST_REASONS} more` : told;
}

/** Formats a duration for reading: `850 ms`, `1.2 s`, `3 min`. */
export function durationWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** Describes one reason why a version is still alive. A newer swapper may have reasons that are not known here. */
export function keptByWords(reason: KeptBy): string {
  switch (reason.kind) {
    case 'generation':
      return `in generation ${reason.id}`;
    case 'pins':
      return reason.count === 1 ? '1 pinned session' : `${reason.count} pinned sessions`;
    case 'dependent':
      return `imported by ${reason.plugin}@${reason.version}`;
    case 'caller':
      return `called by ${reason.plugin}@${reason.version}`;
    case 'call':
      return `${reason.name} ${durationWords(reason.ageMs)}`;
    case 'open':
      return `${reason.count} open in thread ${reason.thread}`;
    case 'held':
      return `${reason.count} ${reason.what}`;
    default:
      return (reason satisfies never as { readonly kind: string }).kind;
  }
}
