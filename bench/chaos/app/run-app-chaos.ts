import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { constant, constantFrom, integer, oneof, record, sample, type Arbitrary } from 'fast-check';
import { serveApp, type ServedApp } from '../../../lib/app/index.js';
import type { Logger } from '../../../lib/index.js';
import { copiesIn, openFiles, pendingOf, serverCount, threadCount } from '../left-behind.js';
import { AppWorld } from './app-world.js';
import { Clients } from './clients.js';
import { crashes, serverText, unfit, type Crash } from './server-text.js';

/** Options of a run. */
export interface AppChaosOptions {
  /** Seed of the run: the same one makes the same steps, although threads interleave differently. */
  readonly seed: number;
  readonly steps: number;
  /** Threads of the app. Default 1. */
  readonly threads?: number;
}

/** Result of a run. */
export interface AppChaosResult {
  /** Empty when every promise was kept. */
  readonly violations: readonly string[];
  readonly requests: number;
  /** Requests that a crash has cut. */
  readonly cut: number;
  readonly steps: Readonly<Record<Step['kind'], number>>;
}

type Step =
  | { readonly kind: 'release' }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'crash'; readonly how: Crash }
  | { readonly kind: 'pause'; readonly ms: number };

const CLIENTS = 8;
/** Longest time of a step in milliseconds: nothing takes so long, however busy the machine is. */
const HANGS_MS = 30_000;

const silent = (): void => {};
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

const anyStep: Arbitrary<Step> = oneof(
  { weight: 5, arbitrary: constant({ kind: 'release' } as const) },
  { weight: 2, arbitrary: record({ kind: constant('refused' as const), text: constantFrom(...unfit) }) },
  { weight: 2, arbitrary: constant({ kind: 'rollback' } as const) },
  { weight: 2, arbitrary: record({ kind: constant('crash' as const), how: constantFrom(...crashes) }) },
  { weight: 3, arbitrary: record({ kind: constant('pause' as const), ms: integer({ min: 0, max: 60 }) }) },
);

/** Releases, rolls back and crashes an app under load, and checks every answer against the promises of `serveApp`. */
export async function runAppChaos({ seed, steps, threads = 1 }: AppChaosOptions): Promise<AppChaosResult> {
  const before = threadCount();
  const serversBefore = serverCount();
  const folder = await mkdtemp(join(tmpdir(), 'liveswap-app-chaos-'));
  const run = new AppRun(folder);
  const counts = { release: 0, refused: 0, rollback: 0, crash: 0, pause: 0 };
  await run.open(threads);
  for (const step of sample(anyStep, { seed, numRuns: steps })) {
    counts[step.kind]++;
    await run.take(step);
  }
  await run.close();
  const { world } = run;
  const isGone = await within(HANGS_MS, () => threadCount() <= before && openFiles(folder).length === 0);
  if (!isGone)
    world.violate(`${threadCount() - before} threads and ${openFiles(folder).length} open files are left`);
  if (serverCount() > serversBefore) world.violate(`${serverCount() - serversBefore} ports are left open`);
  const copies = (await copiesIn(folder)).filter((file) => !file.endsWith('.versions'));
  if (copies.length > 0) world.violate(`copies of artifacts are left: ${copies.join(', ')}`);
  await rm(folder, { recursive: true, force: true });
  return { violations: world.violations, requests: world.requests, cut: world.cut, steps: counts };
}

/** One app, its clients, and the steps that are taken with it. */
class AppRun {
  readonly world = new AppWorld();
  readonly #folder: string;
  readonly #agent = new Agent({ keepAlive: true });
  #app!: ServedApp;
  #clients!: Clients;
  #load!: Promise<void>;
  #edition = 1;
  #last = 1;
  /** The edition that a rollback leads to. */
  #former: number | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(threads: number): Promise<void> {
    await this.#write(serverText(1));
    this.#app = await serveApp(join(this.#folder, 'server.js'), {
      name: 'gate',
      threads,
      lingerMs: 0,
      copyDir: join(this.#folder, 'copies'),
      swapper: {
        logger,
        autoRollback: false,
        crashLoop: { crashes: 1_000, withinMs: 1_000 },
        // At the limit, V8 allows a thread 16 MB more in which to end, and ends the process when surviving young objects take
        // more.
        resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
      },
    });
    this.#clients = new Clients(this.#url, this.#agent, this.world);
    this.#load = this.#clients.run(CLIENTS);
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'release':
        return this.#release();
      case 'refused':
        return this.#refused(step.text);
      case 'rollback':
        return this.#rollBack();
      case 'crash':
        return this.#crash(step.how);
      case 'pause':
        return sleep(step.ms);
      default:
        return step satisfies never;
    }
  }

  /** Ends the clients and the app; anything that is left then is a violation. */
  async close(): Promise<void> {
    const { swapper } = this.#app;
    const url = new URL(this.#url);
    this.#clients.stop();
    if (!(await settles(this.#load))) this.world.violate('a request hangs');
    this.#agent.destroy();
    const isQuiet = await within(HANGS_MS, () => pendingOf(swapper).length === 0);
    if (!isQuiet) for (const what of pendingOf(swapper)) this.world.violate(`at rest, ${what}`);
    if (!(await settles(this.#app.close()))) this.world.violate('close() hangs');
    if (await answersAt(Number(url.port))) this.world.violate(`port ${url.port} is still open`);
  }

  get #url(): string {
    return this.#app.urls[0] ?? '';
  }

  async #release(): Promise<void> {
    const edition = ++this.#last;
    await this.#write(serverText(edition));
    this.world.mayBecome(edition);
    await this.#app.reload().then(
      () => {
        this.#former = this.#edition;
        this.#edition = edition;
      },
      (error: unknown) => this.world.violate(`edition ${edition} was refused: ${String(error)}`),
    );
    this.world.became(this.#edition);
  }

  async #refused(text: string): Promise<void> {
    await this.#write(text);
    await this.#app.reload().then(
      () => this.world.violate(`not refused: ${text}`),
      () => {},
    );
  }

  async #rollBack(): Promise<void> {
    const { swapper } = this.#app;
    const former = this.#former;
    this.#former = undefined;
    if (former === undefined) return;
    this.world.mayBecome(former);
    await swapper.rollback().then(
      () => (this.#edition = former),
      (error: unknown) => this.world.violate(`no rollback to edition ${former}: ${String(error)}`),
    );
    this.world.became(this.#edition);
  }

  async #crash(how: Crash): Promise<void> {
    this.world.crashes();
    let stop = (): void => {};
    const replaced = new Promise<void>((resolve) => {
      stop = this.#app.swapper.on('threadReplaced', () => resolve());
    });
    await outcomeOf(`${this.#url}${how}`);
    if (!(await settles(replaced))) this.world.violate(`no thread took the place of one that died by ${how}`);
    stop();
    // The first answer after a crash comes from the replacement of the thread.
    const outcome = await outcomeOf(this.#url);
    if (outcome !== 200) this.world.violate(`after a death by ${how} the first request came to ${outcome}`);
    this.world.recovered();
  }

  #write(text: string): Promise<void> {
    return writeFile(join(this.#folder, 'server.js'), text);
  }
}

/** Resolves to the status of an answer, or to the code of the error that came in its place. */
function outcomeOf(url: string): Promise<number | string> {
  return new Promise((resolve) => {
    const asked = get(url, { agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.on('error', ({ code = 'an error' }: NodeJS.ErrnoException) => resolve(code));
    asked.on('close', () => resolve('a closed connection'));
  });
}

async function settles(promise: Promise<unknown>): Promise<boolean> {
  const late = sleep(HANGS_MS, false, { ref: false });
  return Promise.race([promise.then(() => true), late]);
}

async function within(ms: number, holds: () => boolean): Promise<boolean> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) return false;
    await sleep(10);
  }
  return true;
}

/** Returns whether somebody accepts connections there. */
async function answersAt(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
