import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compareFigure, takeInTurn } from '../harness/interleave.js';
import type { Bench, Comparison, Subject } from '../harness/measurement.js';
import { openBareWorker } from '../peers/servers/bare-worker.js';
import { hasPm2, openPm2 } from '../peers/servers/pm2.js';
import { openUnchanged, type UnchangedServer } from '../peers/servers/unchanged.js';
import { ask } from '../workload/ask.js';
import { loadServer } from '../workload/load.js';
import { editionText, writeUnchangedServer, type UnchangedFiles } from '../workload/unchanged-server.js';

/** Pause in milliseconds between two samples: a restarted server has settled by then. */
const PAUSE_MS = 1_000;
const LOAD_MS = 2_000;

/** Figures of saves, and of deploys that are announced to servers. */
export interface SwapComparisons {
  /** Milliseconds from a deploy to the first answer of the new code. */
  readonly deploy: Comparison;
  /** Requests that a deploy fails. */
  readonly failed: Comparison;
  /** Resident memory after the deploys. */
  readonly memory: Comparison;
  /** The same figures for saves that servers notice by themselves. */
  readonly saves: readonly Comparison[];
}

type Open = (files: UnchangedFiles) => Promise<UnchangedServer>;

/** Measures the time from a save, or from a deploy, to the first new answer under load, the requests that fail, and memory. */
export async function compareSwaps(bench: Bench): Promise<SwapComparisons> {
  const saved = await compareWays(bench, 'save', [
    (files) => openUnchanged('liveswap dev', files),
    (files) => openUnchanged('node --watch', files),
  ]);
  const deployed = await compareWays(bench, 'deploy', [
    (files) => openUnchanged('liveswap start', files),
    openBareWorker,
    (files) => openUnchanged('node:cluster', files),
    ...(hasPm2 ? [openPm2] : []),
    (files) => openUnchanged('node', files),
  ]);
  const { answer: deploy, failed, memory } = deployed;
  return { deploy, failed, memory, saves: [saved.answer, saved.failed, saved.memory] };
}

async function compareWays(
  bench: Bench,
  what: 'save' | 'deploy',
  ways: readonly Open[],
): Promise<{ answer: Comparison; failed: Comparison; memory: Comparison }> {
  const opened: { readonly server: UnchangedServer; readonly edited: string }[] = [];
  const title = `${what} to first new answer`;
  try {
    for (const [index, open] of ways.entries()) {
      const files = await writeUnchangedServer(join(bench.folder, `${what}-${index}`));
      opened.push({ server: await open(files), edited: files.edited });
    }
    // A plain process takes no new code: only its memory is compared.
    const subjects = opened.filter(({ server }) => server.name !== 'node').map(swapOf);
    const samples = await takeInTurn(bench, subjects, { title });
    return {
      answer: compareFigure(samples, { title, unit: 'ms', better: 'lower' }, ({ ms }) => ms),
      failed: compareFigure(
        samples,
        { title: `requests failed, ${what}`, unit: 'requests', better: 'lower' },
        (swap) => swap.failed,
      ),
      memory: await compareMemory(
        `memory, ${what}`,
        opened.map(({ server }) => server),
      ),
    };
  } finally {
    await Promise.all(opened.map(({ server }) => server.close()));
  }
}

/** Compares the memory of all processes of each server after the samples. */
async function compareMemory(title: string, servers: readonly UnchangedServer[]): Promise<Comparison> {
  const results = await Promise.all(
    servers.map(async (server) => ({ name: server.name, samples: [(await server.memory()) / 2 ** 20] })),
  );
  return { title, unit: 'MB', better: 'lower', results };
}

interface Swap {
  readonly ms: number;
  readonly failed: number;
}

function swapOf({ server, edited }: { server: UnchangedServer; edited: string }): Subject<Swap> {
  let edition = 1;
  return {
    name: server.name,
    sample: async () => {
      await sleep(PAUSE_MS);
      const load = loadServer(server.url, 8, LOAD_MS);
      await sleep(LOAD_MS / 10);
      const began = performance.now();
      // The file is written in place, because `node --watch` does not notice every save by rename.
      await writeFile(edited, editionText(++edition));
      if (!/dev|watch/.test(server.name)) server.reload();
      while ((await ask(server.url).catch(() => '')) !== `EDITION-${edition}`) await sleep(1);
      const ms = performance.now() - began;
      return { ms, failed: (await load).failed };
    },
  };
}
