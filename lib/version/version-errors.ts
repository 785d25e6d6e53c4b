import { diskRemedy } from '../core/disk-remedy.js';
import { LiveswapError, messageOf, withoutPage } from '../core/errors.js';
import type { GiveUp } from './crash-loop.js';
import type { ThreadHandle, ThreadName } from './thread-handle.js';
import type { Step } from '../surface/thread-surface.js';
import { titleOf, type RunnableArtifact } from '../manifest/runnable-artifact.js';

/** Creates the error of a thread that failed to come up because of `cause`. */
export function startFailed(artifact: RunnableArtifact, name: ThreadName, cause: unknown): LiveswapError {
  const why = messageOf(cause);
  const remedy = limitRemedy(cause);
  const told = remedy === undefined ? why : `${why}; ${remedy}.`;
  return new LiveswapError('START_FAILED', `${cannotStart(artifact, name)} failed: ${told}`, {
    ...name,
    file: artifact.file,
    cause,
  });
}

/** Matches what Node says of a thread that it cannot make: no more than the code. */
const notMade = /(?:Worker initialization failure|died): (E[A-Z]+)\.$/;

/** Returns what to do about a limit of the platform that ended a thread while it was made, or while it read its code. */
function limitRemedy(cause: unknown): string | undefined {
  const [, code] = notMade.exec(withoutPage(messageOf(cause)).trim()) ?? [];
  if (code === 'EAGAIN') return 'raise the limit of threads of this user or container (ulimit -u, pids.max)';
  return diskRemedy(code === undefined ? cause : { code });
}

/** Creates the error of a thread that did not come up in time. */
export function startTimeout(artifact: RunnableArtifact, name: ThreadName, startMs: number): LiveswapError {
  return new LiveswapError(
    'START_TIMEOUT',
    `${cannotStart(artifact, name)} was not up within ${startMs} ms; look for a loop or an await that never ends at its top level, or raise startMs.`,
    { ...name, file: artifact.file },
  );
}

/** Creates the error of a hook that threw or did not settle in time; `why` tells which. */
export function hookFailed(
  artifact: RunnableArtifact,
  name: ThreadName,
  hook: Step,
  why: string,
  cause?: unknown,
  resource: unknown = cause instanceof LiveswapError ? cause['resource'] : undefined,
): LiveswapError {
  const message = `${hook} of ${titleOf(artifact)} failed in thread ${name.thread}: ${why}`;
  return new LiveswapError('HOOK_FAILED', message, {
    ...name,
    hook: resource === undefined ? hook : 'resource',
    ...(resource === undefined
      ? { cause }
      : { resource, cause: (cause as LiveswapError | undefined)?.cause }),
  });
}

/** The facts that an error gives about its version. */
export interface Subject {
  readonly plugin: string;
  readonly id: string;
  readonly threads: readonly ThreadHandle[];
  readonly balancer: { readonly pending: number; readonly queued: number };
  toString(): string;
}

/** Creates the error of a version that has left; its callers must call a newer one. */
export function retiredError(version: Subject): LiveswapError {
  return new LiveswapError('RETIRED', `${version} has left: call a newer version.`, factsOf(version));
}

/** Creates the error for call-backs, iterators and streams of a thread that was replaced. */
export function threadGone(version: Subject, { name }: { readonly name: ThreadName }): LiveswapError {
  const message = `Thread ${name.thread} of ${version} was replaced: what it gave is gone with it; ask its successor.`;
  return new LiveswapError('RETIRED', message, factsOf(version));
}

/** Creates the error of a version whose threads have all died, before any was replaced. */
export function noThreadError(version: Subject): LiveswapError {
  const message = `No thread of ${version} is up: those that died are being replaced; ask again.`;
  return new LiveswapError('THREAD_CRASHED', message, factsOf(version));
}

/** Creates the error for what a hand-over waits for, and asks of a version whose thread is not replaced before that ends. */
export function notReplacedError(version: Subject): LiveswapError {
  const message = `No thread of ${version} is up: it died, and is not replaced before the hand-over ends, which waits for this call; do without it there, or ask again later.`;
  return new LiveswapError('THREAD_CRASHED', message, factsOf(version));
}

/** Creates the error of a version whose threads died too often. `retryAfterMs` tells when it is tried again. */
export function versionFailed(
  version: Subject,
  { crashes, overMs, retryAfterMs }: GiveUp,
  cause: LiveswapError,
): LiveswapError {
  return new LiveswapError(
    'VERSION_FAILED',
    `${version} is given up: its threads died, or did not come up, ${crashes} times within ${overMs} ms, the last one because: ${messageOf(cause)}; it is tried again after ${retryAfterMs} ms. Mend that, or reload a version that works.`,
    { ...factsOf(version), retryAfterMs, cause },
  );
}

/** Creates the error for work of a version that was still pending `drainMs` after it began to drain. */
export function drainTimeout(version: Subject, drainMs: number): LiveswapError {
  const held = version.threads.reduce((sum, thread) => sum + thread.gauge.held, 0);
  const { pending, queued } = version.balancer;
  return new LiveswapError(
    'DRAIN_TIMEOUT',
    `Cannot retire ${version}: ${pending + queued} calls pending and ${held} streams or promises open after ${drainMs} ms; raise drainMs, or end them when context.signal is aborted.`,
    { ...factsOf(version), drainMs },
  );
}

/** Creates the error for work that was still pending on a thread `drainMs` after it was replaced. */
export function threadLate(
  version: Subject,
  { name }: { readonly name: ThreadName },
  drainMs: number,
): LiveswapError {
  const message = `Cannot end thread ${name.thread} of ${version}, which was replaced: something is pending on it after ${drainMs} ms; raise drainMs, or end it when context.signal is aborted.`;
  return new LiveswapError('DRAIN_TIMEOUT', message, { ...name, drainMs });
}

function factsOf({ plugin, id }: Subject): { plugin: string; version: string } {
  return { plugin, version: id };
}

function cannotStart(artifact: RunnableArtifact, { thread }: ThreadName): string {
  return `Cannot start ${titleOf(artifact)} from ${artifact.file}: thread ${thread}`;
}
