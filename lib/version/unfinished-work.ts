import { withDeadline } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import { performance } from '../core/timers.js';
import type { Connection } from '../dispatch/connection.js';
import type { IsChanging } from './changing-calls.js';
import type { ThreadHandle } from './thread-handle.js';

/** Work that runs in a thread, and how long it has run. */
export interface UnfinishedWork {
  readonly plugin: string;
  /** Name of the function, `http` and the method of a request, `every` or `waitUntil`. */
  readonly name: string;
  readonly ageMs: number;
  readonly thread: number;
}

/** A thread that is busy for longer does not say what else runs in it. */
const ASK_MS = 200;

/** Names the work that still runs in a thread: the calls for which `isMeant` holds, and the work that runs by itself. */
export async function unfinishedIn(
  thread: ThreadHandle,
  connection: Connection | undefined,
  isMeant: IsChanging,
): Promise<UnfinishedWork[]> {
  const { plugin, thread: index } = thread.name;
  const now = performance.now();
  const calls = [...(connection?.calls ?? [])]
    .filter(isMeant)
    .map(({ name, madeAt }) => ({ name, ageMs: now - madeAt }));
  const others = thread.gauge.running > 0 ? await runningIn(thread) : [];
  return [...calls, ...others].map(({ name, ageMs }) => ({ plugin, name, ageMs, thread: index }));
}

/** Returns the distinct names of work, as a text. */
export function namesOf(works: readonly UnfinishedWork[]): string {
  return [...new Set(works.map(({ plugin, name }) => `${plugin}.${name}`))].join(', ');
}

function runningIn(thread: ThreadHandle): Promise<readonly { name: string; ageMs: number }[]> {
  const late = (): LiveswapError => new LiveswapError('INTERNAL', 'The thread is busy.');
  return withDeadline(thread.ask('running', []), ASK_MS, late).catch(() => []);
}
