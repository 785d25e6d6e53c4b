import { setTimeout } from 'node:timers/promises';

/** V8 collects the garbage of a thread twice, some eight seconds after it began (its `MemoryReducer`, as `--trace-gc` shows). */
const COLLECTED_AFTER_MS = 9_000;
const LOOK_MS = 500;
/** An idle process with hundreds of threads stays below this share of one core. */
const IDLE_SHARE = 0.1;
const LONGEST_MS = 60_000;

/** Waits until V8 has collected what a load left behind in its threads: in production, a reload comes later than that. */
export async function whenCollected(): Promise<void> {
  const began = performance.now();
  await setTimeout(COLLECTED_AFTER_MS);
  let before = process.cpuUsage();
  while (performance.now() - began < LONGEST_MS) {
    await setTimeout(LOOK_MS);
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1_000 < IDLE_SHARE * LOOK_MS) return;
    before = process.cpuUsage();
  }
}
