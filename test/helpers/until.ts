import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Resolves when `holds` does, looking after every turn of the event loop; the test's own deadline ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate();
}

/** Like {@link until}, collecting garbage in between: each turn before `holds` looks, because what it looks at is kept to its end. */
export async function untilCollected(holds: () => boolean): Promise<void> {
  do {
    await setImmediate();
    collect();
  } while (!holds());
}
