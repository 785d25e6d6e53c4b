import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
// V8 rejects code that was compiled under other flags: a thread of the next test would get what one of an earlier test has compiled.
setFlagsFromString('--no-expose-gc');

/**
 * Resolves when `holds` returns true, which is asked after every turn of the event loop. The test's own deadline ends the wait.
 */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate();
}

/** Like {@link until}, but collects garbage first: a `WeakRef` that `holds` reads keeps its target to the end of that turn. */
export async function untilCollected(holds: () => boolean): Promise<void> {
  do {
    await setImmediate();
    collect();
  } while (!holds());
}
