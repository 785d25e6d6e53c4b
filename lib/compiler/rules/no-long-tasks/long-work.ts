import type { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { stringsOf } from '../analysis/expressions.js';
import { bare, isFunctionNode, isUsing, type CallOrNew } from '../analysis/syntax.js';
import { isLetGo, isUnlistened, isUnwatched, originsOf } from './endings.js';
import { isInExecutor } from './promise-executor.js';
import { isSignal } from '../analysis/types.js';
import type { Releases } from '../analysis/releases.js';
import { startsOf, type Start } from './starts.js';
import { asksForSignal, isHarmlessTimer, isRearmed, leadsTo } from './timers.js';

/** Work that nothing ends. */
export interface LongWork extends Start {
  /** A timer whose callback sets it again. */
  readonly isRearmed: boolean;
}

/** Returns the work of a plugin that outlives the call that began it and that nothing ends in time. */
export function longWork(analysis: Analysis, releases: Releases): LongWork[] {
  const starts = startsOf(analysis);
  const subjects = new Set(
    starts.filter((start) => start.work !== 'subscription').flatMap((start) => originsOf(analysis, start)),
  );
  const found = starts
    .map((start) => ({ ...start, isRearmed: isRearmed(analysis, start) }))
    .filter((start) => !isEnded(analysis, releases, start, subjects));
  // A timer that starts a self-repeating timer has the same cause.
  const rearmed = found.filter((start) => start.isRearmed);
  return found.filter(
    (start) => start.isRearmed || !rearmed.some(({ call }) => leadsTo(analysis, start, call)),
  );
}

function isEnded(
  analysis: Analysis,
  releases: Releases,
  start: LongWork,
  subjects: ReadonlySet<ts.Node>,
): boolean {
  const { call, work } = start;
  if (releases.opensResource(call)) return true;
  if (releases.isWaitedFor(call) || releases.isBoundToSignal(call) || isUsing(call)) return true;
  if (work === 'microtask') return !start.isRearmed || asksForSignal(analysis, call);
  if (work === 'timer' && isHarmlessTimer(analysis, releases, start)) return true;
  if (work === 'process listener')
    return handlesCrash(analysis, call) || isUnlistened(analysis, releases, start);
  if (work === 'subscription') {
    const isOfSignal = start.subject !== undefined && isSignal(analysis, start.subject);
    // A finding about a server or a child process covers its listeners.
    if (isOfSignal || originsOf(analysis, start).some((origin) => subjects.has(origin))) return true;
    if (isUnlistened(analysis, releases, start)) return true;
  }
  if (work === 'child process' && isInExecutor(analysis, call) && hasCallback(call)) return true;
  if (work === 'watcher' && isUnwatched(analysis, releases)) return true;
  return isLetGo(analysis, releases, start);
}

// Recognises handlers of crashes, which `no-process-control` reports.
function handlesCrash(analysis: Analysis, call: CallOrNew): boolean {
  const [event] = call.arguments ?? [];
  if (!event) return false;
  return stringsOf(event, analysis.checker).some((name) =>
    /^(uncaughtException|unhandledRejection)$/.test(name),
  );
}

function hasCallback(call: CallOrNew): boolean {
  return call.arguments?.some((argument) => isFunctionNode(bare(argument))) ?? false;
}
