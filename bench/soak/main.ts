import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Swapper } from '../../lib/index.js';
import { deploy } from '../../test/helpers/compose-plugin.js';
import { takeCensus, type Census } from './census.js';
import { LightLoad } from './light-load.js';
import { armory, guardian } from './plugin.js';
import { slopeOf } from './slope.js';

/**
 * Number of reloads that are not measured. They fill caches, let the heap find its size, and let V8 compile hot code. V8 goes on
 * compiling, ever more slowly, for thousands of calls: that is measured.
 */
const WARM_UP = 1_000;
const SAMPLES = 40;
const MOST_HEAP_A_RELOAD = 1_024;
const MOST_RSS = 25 * 1_024 * 1_024;

const { values } = parseArgs({
  options: {
    reloads: { type: 'string', default: '1000' },
    threads: { type: 'string', default: '1' },
    /** Calls after which a thread is replaced. */
    recycle: { type: 'string' },
  },
});
const reloads = Number(values.reloads);
if (!globalThis.gc) throw new Error('Run with --expose-gc: npm run soak -- --reloads 1000');

const folder = await mkdtemp(join(tmpdir(), 'liveswap-soak-'));
const failures: unknown[] = [];
const swapper = new Swapper(folder, {
  threads: Number(values.threads),
  drainMs: 10_000,
  ...(values.recycle !== undefined && { recycle: { calls: Number(values.recycle) } }),
});
let edition = 0;

try {
  await deploy(folder, guardian, armory(edition));
  await swapper.load();
  const load = new LightLoad(swapper, (error) => failures.push(error));
  await reloadTimes(Math.min(WARM_UP, reloads), () => {});
  const first = await census();
  const samples: [number, Census][] = [[0, first]];
  const every = Math.max(1, Math.floor(reloads / SAMPLES));
  const began = performance.now();
  await reloadTimes(reloads, async (count) => {
    if (count % every !== 0) return;
    const sample = await census();
    samples.push([count, sample]);
    progress(count, sample, first);
  });
  const seconds = (performance.now() - began) / 1_000;
  await load.stop();
  await swapper.close();
  await settled();
  report(samples, await takeCensus(await countCopies()), seconds, load.calls);
} finally {
  await swapper.destroy();
  await rm(folder, { recursive: true, force: true });
}

async function reloadTimes(count: number, after: (done: number) => unknown): Promise<void> {
  for (let done = 1; done <= count; done++) {
    await deploy(folder, armory(++edition));
    await swapper.reload();
    const answer = await swapper.call('live_edition');
    if (answer !== edition)
      failures.push(new Error(`Edition ${String(answer)} answered after ${edition} was loaded.`));
    await after(done);
  }
}

/** Takes a census once released versions are gone, so that no two samples differ by versions that are leaving. */
async function census(): Promise<Census> {
  while ((await countCopies()) > 4) await settled();
  await settled();
  return takeCensus(await countCopies());
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 300));
}

async function countCopies(): Promise<number> {
  const files = await readdir(join(folder, '.versions'), { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith('.mjs')).length;
}

function progress(count: number, now: Census, first: Census): void {
  const heap = kib(now.heapBytes - first.heapBytes);
  const rss = mib(now.rssBytes - first.rssBytes);
  console.log(
    `${String(count).padStart(6)} reloads   heap ${heap}   rss ${rss}   threads ${now.threads}   resources ${now.resources}   files ${now.files ?? '?'}   copies ${now.copies}`,
  );
}

function report(samples: readonly [number, Census][], end: Census, seconds: number, calls: number): void {
  const [, first] = samples[0] as [number, Census];
  const [, last] = samples.at(-1) as [number, Census];
  const heap = samples.map(([count, { heapBytes }]) => [count, heapBytes] as const);
  const middle = Math.floor(heap.length / 2);
  const heapSlope = slopeOf(heap);
  const rssSlope = slopeOf(samples.map(([count, { rssBytes }]) => [count, rssBytes]));
  const rssGrowth = last.rssBytes - first.rssBytes;
  const rows: [what: string, found: string, limit: string, holds: boolean][] = [
    ['calls that failed', String(failures.length), '0', failures.length === 0],
    ['heap a reload', kib(heapSlope), `<= ${kib(MOST_HEAP_A_RELOAD)}`, heapSlope <= MOST_HEAP_A_RELOAD],
    ['heap a reload, in the first half', kib(slopeOf(heap.slice(0, middle + 1))), '', true],
    ['heap a reload, in the second half', kib(slopeOf(heap.slice(middle))), '', true],
    ['heap, from the first sample to the last', kib(last.heapBytes - first.heapBytes), '', true],
    ['compiled code in it, likewise', kib(last.codeBytes - first.codeBytes), '', true],
    ['RSS, from the first sample to the last', mib(rssGrowth), `<= ${mib(MOST_RSS)}`, rssGrowth <= MOST_RSS],
    ['RSS a reload', kib(rssSlope), '', true],
    [
      'threads while it runs',
      `${first.threads} -> ${last.threads}`,
      'no more',
      last.threads <= first.threads,
    ],
    [
      'files while it runs',
      `${first.files} -> ${last.files}`,
      'no more',
      (last.files ?? 0) <= (first.files ?? 0),
    ],
    ['threads after close()', String(end.threads), '0', end.threads === 0],
    ['copies after close()', String(end.copies), '0', end.copies === 0],
  ];
  console.log(`\n${reloads} reloads in ${seconds.toFixed(1)} s under ${calls} calls`);
  for (const [what, found, limit, holds] of rows)
    console.log(`${holds ? '  ok  ' : ' FAIL '} ${what.padEnd(50)} ${found.padStart(14)}   ${limit}`);
  for (const failure of failures.slice(0, 5)) console.log(failure);
  if (rows.some(([, , , holds]) => !holds)) process.exitCode = 1;
}

function kib(bytes: number): string {
  return `${(bytes / 1_024).toFixed(2)} KB`;
}

function mib(bytes: number): string {
  return `${(bytes / 1_024 / 1_024).toFixed(1)} MB`;
}
