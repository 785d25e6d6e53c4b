import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Swapper } from '../../lib/index.js';
import { Chronicle } from './chronicle.js';
import { countThreads, footprint } from './footprint.js';
import { HelperProcess, sharedNow } from './helper-process.js';
import type { LoadAnswer, LoadQuestion } from './load.js';
import type { ProbeQuestion, Sample } from './probe.js';
import { report } from './report.js';
import { shortcomings, type DemoRun, type LongJob } from './run.js';
import { DemoServer, Tally, type DemoFunctions } from './server.js';
import { drawTimeline } from './timeline.js';
import { Workshop } from './workshop.js';

const VERSIONS = 6;
const WARM_UP_SECONDS = 1;
const LOAD_SECONDS = 10.5;
const FIRST_EDIT_MS = 1_200;
const BETWEEN_EDITS_MS = 1_800;
/** Duration of the job, which begins under version 1 and must end after version 3 is live. */
const JOB_SECONDS = 7;
/** The load is well below the limit of two cores: the demo shows the cost of a reload, not the limit of the machine. */
const LOAD = { connections: 20, requestsPerSecond: 800 };
const PROBES_PER_SECOND = 200;
/** Time for the old versions to leave, and for waiting threads to replace theirs, in milliseconds. */
const LEAVE_MS = 5_000;

const startedAt = sharedNow();

function say(text: string): void {
  process.stdout.write(`${((sharedNow() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${text}\n`);
}

/** Runs the whole demo: brings everything up, runs it, takes everything down. */
async function demonstrate(): Promise<DemoRun> {
  const workshop = await Workshop.open();
  const load = new HelperProcess<LoadQuestion, LoadAnswer>('load.js');
  const probe = new HelperProcess<ProbeQuestion, Sample[]>('probe.js');
  const chronicle = new Chronicle();
  const swapper = new Swapper(workshop.outDir);
  try {
    say('building the plugin');
    await workshop.build(await workshop.edit(1));
    await swapper.load();
    const server = new DemoServer(swapper);
    const url = await server.listen();
    say(`serving ${url}: each request is a call of live_answer()`);
    try {
      return await observe({ workshop, load, probe, chronicle, swapper, server, url });
    } finally {
      await server.close();
    }
  } finally {
    load.end();
    probe.end();
    chronicle.close();
    await swapper.destroy();
    await workshop.close();
  }
}

/** Parts of the demo, up and running. */
interface Stage {
  readonly workshop: Workshop;
  readonly load: HelperProcess<LoadQuestion, LoadAnswer>;
  readonly probe: HelperProcess<ProbeQuestion, Sample[]>;
  readonly chronicle: Chronicle;
  readonly swapper: Swapper;
  readonly server: DemoServer;
  readonly url: string;
}

async function observe(stage: Stage): Promise<DemoRun> {
  const { load, probe, chronicle, swapper, server, url } = stage;
  const warmUp = { url, seconds: WARM_UP_SECONDS };
  await Promise.all([
    load.ask({ ...warmUp, ...LOAD }),
    probe.ask({ ...warmUp, requestsPerSecond: PROBES_PER_SECOND }),
  ]);
  server.tally = new Tally();
  const before = footprint();
  const total = LOAD.requestsPerSecond + PROBES_PER_SECOND;
  say(`load: ${total} requests/s over ${LOAD.connections} connections, for ${LOAD_SECONDS} s`);
  const beganAt = sharedNow();
  const loading = load.ask({ url, seconds: LOAD_SECONDS, ...LOAD });
  const probing = probe.ask({ url, seconds: LOAD_SECONDS, requestsPerSecond: PROBES_PER_SECOND });
  const watching = keepWatch(swapper, server);
  const builds = await editAll(stage, beganAt);
  const [samples, { failed }, job] = await Promise.all([probing, loading, watching]);
  await chronicle.whenAllRetired(LEAVE_MS);
  await threadsAreBackTo(before.threads);
  return {
    beganAt,
    endedAt: Math.max(beganAt + LOAD_SECONDS * 1000, chronicle.lives.at(-1)?.liveAt ?? 0),
    samples,
    lives: chronicle.lives,
    builds,
    tally: server.tally,
    failed: failed + samples.filter(({ outcome }) => 'error' in outcome).length,
    job,
    before,
    after: footprint(),
    oldAreGone: chronicle.allRetired,
  };
}

/** Edits, builds and reloads while the load goes on; resolves to the milliseconds of each build. */
async function editAll({ workshop, swapper, server }: Stage, beganAt: number): Promise<number[]> {
  const builds: number[] = [];
  for (let version = 2; version <= VERSIONS; version++) {
    await sleep(beganAt + FIRST_EDIT_MS + BETWEEN_EDITS_MS * (version - 2) - sharedNow());
    const build = await workshop.build(await workshop.edit(version));
    const asked = performance.now();
    await swapper.reload();
    server.live = version;
    const reload = performance.now() - asked;
    builds.push(build);
    const { requests, failed } = server.tally;
    say(
      `edit ${version - 1} of ${VERSIONS - 1}: built in ${build.toFixed(0)} ms, live ${reload.toFixed(1)} ms later; ${requests} requests, ${failed} failed`,
    );
  }
  return builds;
}

/** Runs a job that takes seconds and begins on version 1. */
async function keepWatch(swapper: Swapper, server: DemoServer): Promise<LongJob> {
  const beganAt = sharedNow();
  const answeredBy = await swapper.live<DemoFunctions>().live_keepWatch(JOB_SECONDS);
  const liveThen = server.live;
  say(`the job begun on version 1 is finished, by version ${answeredBy}; version ${liveThen} is live`);
  return { beganAt, endedAt: sharedNow(), answeredBy, liveThen };
}

/** Resolves when there are as many worker threads as at first, those that wait for the next version included, or late. */
async function threadsAreBackTo(threads: number): Promise<void> {
  const late = performance.now() + LEAVE_MS;
  while (countThreads() !== threads && performance.now() < late) await sleep(50);
}

/** Runs the demo whose result is figures; returns the exit code. */
export async function demonstrateFigures(): Promise<number> {
  const [busy = 0] = loadavg();
  if (busy > availableParallelism()) {
    say(`this machine is busy with other things (load average ${busy.toFixed(1)}): latencies will show it`);
  }
  const run = await demonstrate();
  const timeline = resolve('out/demo-timeline.svg');
  await mkdir(resolve('out'), { recursive: true });
  await writeFile(timeline, drawTimeline(run));
  process.stdout.write(`\n${report(run)}\n\ntimeline: ${timeline}\n\n`);
  const wrong = shortcomings(run);
  for (const one of wrong) process.stdout.write(`NOT AS PROMISED: ${one}\n`);
  if (wrong.length === 0) process.stdout.write('Nothing failed, and nothing old is left.\n');
  return wrong.length === 0 ? 0 : 1;
}
