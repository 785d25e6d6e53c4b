import { readdir } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { countThreads, noThreadLeft } from '../helpers/count-threads.js';
import { LifeOfVersions } from '../helpers/life-of-versions.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { Workshop } from '../helpers/workshop.js';

const guardian = {
  'index.ts': `
import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
`,
  'gate.ts': `
const RELEASE = 1;
export function live_answer(): number { return RELEASE; }
/** Stands until it is relieved, and says of which release it is. */
export async function live_keepWatch(relieved: () => Promise<void>): Promise<number> {
  await relieved();
  return RELEASE;
}
`,
};

/** The live functions of that plugin. */
interface Gate {
  live_answer(): Promise<number>;
  live_keepWatch(relieved: () => Promise<void>): Promise<number>;
}

const RELEASES = 23;
const CALLERS = 16;

test(
  'twenty-two edits are reloaded under load: no call fails, none is answered by older code than was live, ' +
    'long calls end where they began, and nothing old is left',
  { timeout: 120_000 },
  async () => {
    const workshop = await Workshop.open({ guardian });
    const swapper = openSwapper(workshop.outDir);
    const versions = new LifeOfVersions(swapper);
    await swapper.load();
    const before = holdings();

    const load = new Load(swapper);
    const watches = [];
    for (let release = 2; release <= RELEASES; release++) {
      watches.push(startWatch(swapper, release - 1));
      await workshop.edit('guardian/gate.ts', /RELEASE = \d+/, `RELEASE = ${release}`);
      await workshop.build();
      const details = await swapper.reload();
      load.live = release;
      expect(details).toEqual({ guardian: 'ok' });
      // A watch that began three releases ago is relieved now.
      await endWatch(watches[release - 5]);
    }
    for (const watch of watches.slice(-3)) await endWatch(watch);
    const answers = await load.stop();

    expect(load.failures).toEqual([]);
    expect(load.stale).toEqual([]);
    expect(answers).toBeGreaterThan(RELEASES * CALLERS);
    expect(swapper.reloads).toBe(RELEASES - 1);
    await versions.untilRetired(RELEASES - 1);
    expect(versions.crashed).toEqual([]);
    // A port that was closed is gone a turn later.
    await expect.poll(() => holdings().ports).toBeLessThanOrEqual(before.ports);
    await noThreadLeft(before.threads);
    await swapper.close();
    expect(countThreads()).toBe(0);
    expect((await readdir(workshop.outDir)).toSorted()).toEqual(['guardian.plugin.mjs', 'live.d.ts']);
  },
);

/** Callers that never rest, each one call after the other. */
class Load {
  readonly failures: unknown[] = [];
  readonly stale: { live: number; answered: number }[] = [];
  /** The newest release whose reload has resolved. */
  live = 1;
  #answers = 0;
  #stopped = false;
  readonly #callers: Promise<void>[];

  constructor(swapper: Swapper) {
    const gate = swapper.live<Gate>();
    this.#callers = Array.from({ length: CALLERS }, () => this.#run(gate));
  }

  async stop(): Promise<number> {
    this.#stopped = true;
    await Promise.all(this.#callers);
    return this.#answers;
  }

  async #run(gate: Gate): Promise<void> {
    while (!this.#stopped) {
      const { live } = this;
      try {
        const answered = await gate.live_answer();
        if (answered < live) this.stale.push({ live, answered });
        this.#answers++;
      } catch (error) {
        this.failures.push(error);
      }
      // Between two answers, the thread that builds and reloads has its turn.
      await turn();
    }
  }
}

interface Watch {
  readonly release: number;
  readonly ended: Promise<number>;
  relieve(): void;
}

function startWatch(swapper: Swapper, release: number): Watch {
  let relieve = (): void => {};
  const relieved = new Promise<void>((resolve) => (relieve = resolve));
  return { release, relieve: () => relieve(), ended: swapper.live<Gate>().live_keepWatch(() => relieved) };
}

async function endWatch(watch: Watch | undefined): Promise<void> {
  if (!watch) return;
  watch.relieve();
  expect(await watch.ended).toBe(watch.release);
}

/** Counts the worker threads of this process, and the ports that keep its event loop alive. */
function holdings(): { threads: number; ports: number } {
  const resources = process.getActiveResourcesInfo();
  return { threads: countThreads(), ports: resources.filter((name) => name === 'MessagePort').length };
}
