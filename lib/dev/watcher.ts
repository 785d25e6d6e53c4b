import { resolve } from 'node:path';
import type { BuildOptions, PluginReport } from '../compiler/index.js';
import { buildChecks } from '../compiler/options.js';
import type { Reads } from '../compiler/record/reads.js';
import { findingsOf } from '../compiler/report.js';
import { despitePassingCauses } from '../core/despite-passing-causes.js';
import { checkOptions, isFunction, type Checks } from '../core/check-options.js';
import { isLiveswapError, LiveswapError, messageOf } from '../core/errors.js';
import { loggerCheck, type Logger } from '../core/logger.js';
import { performance } from '../core/timers.js';
import { ownModule } from '../core/own-build.js';
import { listen } from '../observe/listen.js';
import { createLogger } from '../observe/log.js';
import { checkSwapper } from '../swap/check-swapper.js';
import type { Swapper } from '../swap/swapper.js';
import { whenRoom } from '../swap/when-room.js';
import { goLive, holdsArtifacts, isReported, type LoadData } from './go-live.js';
import { builtSources, SourceLoop, type Build } from './source-loop.js';
import { publishWatchEvent, subscribeToWatch, watchEventTypes, type WatchEvent } from './watch-event.js';

/** Options of `watch`: those of a build, and a few more. */
export interface WatchOptions extends Omit<BuildOptions, 'outDir' | 'entryOnly'> {
  /** Folder for the artifacts. Default: the folder that the swapper loads from. */
  readonly outDir?: string;
  /** Makes the data that `onLoad` receives. Default: the swapper's option `data`. */
  readonly data?: LoadData;
  /** Receives findings and errors. Default: warnings and errors go to stderr. */
  readonly logger?: Logger;
}

const checks: Checks<WatchOptions> = {
  ...buildChecks,
  data: ['a function', isFunction],
  logger: loggerCheck,
};

/** Keeps a swapper in step with the sources; created by `watch`. */
export class Watcher {
  /** Resolves when the sources have been built and everything that could go live is live; never rejects. */
  readonly ready: Promise<void>;
  readonly #swapper: Swapper;
  readonly #options: WatchOptions;
  readonly #outDir: string;
  readonly #logger: Logger;
  readonly #loop: SourceLoop;
  #isBehind = true;
  /** The plugins of the last build, each with the hash of its artifact, if it has one; `undefined` before the first. */
  #plugins: ReadonlyMap<string, string | undefined> | undefined;
  #closed: Promise<void> | undefined;
  readonly #stopListening: () => void;

  /** @throws LiveswapError `OPTION_INVALID` naming the option */
  constructor(swapper: Swapper, options: WatchOptions) {
    checkSwapper(swapper);
    checkOptions(options, checks, ['sources']);
    this.#swapper = swapper;
    this.#options = options;
    this.#outDir = resolve(options.outDir ?? swapper.pluginDir);
    this.#logger = createLogger(options.logger);
    const { data: _data, logger: _logger, ...build } = options;
    this.#loop = new SourceLoop(builtSources({ ...build, outDir: this.#outDir }), {
      onChange: (changed) => this.#emit({ type: 'saved', files: [...changed] }),
      onBuilt: (build) => this.#take(build),
      onError: (error) => this.#fail(error),
    });
    this.#stopListening = swapper.on('closed', () => void this.close());
    this.ready = this.#loop.open().catch((error: unknown) => this.#fail(error));
  }

  /**
   * Calls `listener` with every event of one type, until the returned function is called. An error that it throws is logged once
   * and changes nothing.
   * @throws LiveswapError `OPTION_INVALID` when there is no such event
   */
  on<Type extends WatchEvent['type']>(
    type: Type,
    listener: (event: Extract<WatchEvent, { readonly type: Type }>) => unknown,
  ): () => void {
    const subscribe = (tell: (event: WatchEvent) => void) => subscribeToWatch(this, tell);
    return listen({ types: watchEventTypes, logger: this.#logger, subscribe }, type, listener);
  }

  /** Stops watching once the current build is done; the swapper stays as it is. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal Resolves to what decided the last build; to `undefined` when nothing tells. */
  reads(): Promise<Reads | undefined> {
    return this.#loop.reads();
  }

  async #take({ reports, noticedAt, ms }: Build): Promise<void> {
    const others = new Set(reports.filter((report) => this.#isAnother(report)));
    const touched = reports.filter((report) => report.state !== 'unchanged' || others.has(report));
    const before = this.#plugins ?? new Map<string, string | undefined>();
    const removed = [...before.keys()].filter((name) => !reports.some((report) => report.name === name));
    this.#plugins = new Map(
      reports.map((report) => [report.name, hashIn(report) ?? before.get(report.name)]),
    );
    const isBuilt = reports.some(({ state }) => state === 'built');
    if (removed.length > 0 || isBuilt || others.size > 0) this.#isBehind = true;
    await this.#logFindings(touched);
    this.#emit({ type: 'built', reports: touched, removed, ms });
    if (this.#isBehind) await this.#goLive(noticedAt, ms);
    if (this.#options.swapBeforeCheck) await this.#judge();
  }

  /** Returns whether an artifact that is as it should be is another one than before: another build has written the same first. */
  #isAnother(report: PluginReport): boolean {
    const hash = hashIn(report);
    return this.#plugins !== undefined && hash !== undefined && this.#plugins.get(report.name) !== hash;
  }

  /** Reports on types and rules after the save is already live. */
  async #judge(): Promise<void> {
    const began = performance.now();
    const reports = await this.#loop.judge();
    await this.#logFindings(reports);
    this.#emit({ type: 'judged', reports, ms: performance.now() - began });
  }

  async #logFindings(reports: readonly PluginReport[]): Promise<void> {
    const findings = findingsOf(reports);
    if (findings.length === 0) return;
    const { countOf, findingsAsText } = await ownModule(import('../compiler/diagnostics/text.js'));
    this.#logger.error({ findings }, `${countOf(findings)}.\n${findingsAsText(findings)}`);
  }

  async #goLive(noticedAt: number, buildMs: number): Promise<void> {
    // After a refused first build there may be nothing to load: its findings have been reported.
    if (!(await holdsArtifacts(this.#outDir))) return;
    const began = performance.now();
    const details = await whenRoom(this.#swapper, () =>
      despitePassingCauses(() => goLive(this.#swapper, this.#options.data)),
    );
    this.#isBehind = false;
    const now = performance.now();
    this.#emit({ type: 'live', details, ms: { total: now - noticedAt, build: buildMs, swap: now - began } });
  }

  #fail(cause: unknown): void {
    // The swapper is closed, or whoever watches wants no more builds, so nothing is left to watch for.
    if (isLiveswapError(cause, 'CLOSED') || this.#options.signal?.aborted) return void this.close();
    const error =
      cause instanceof LiveswapError
        ? cause
        : new LiveswapError('WATCH_FAILED', `Cannot go on as before: ${messageOf(cause)}`, { cause });
    if (!isReported(error)) this.#logger.error({ err: error }, error.message);
    this.#emit({ type: 'failed', error });
  }

  async #close(): Promise<void> {
    this.#stopListening();
    await this.#loop.close();
    this.#emit({ type: 'closed' });
  }

  #emit(event: WatchEvent): void {
    publishWatchEvent({ watcher: this, swapper: this.#swapper, event });
  }
}

function hashIn(report: PluginReport): string | undefined {
  return 'artifact' in report ? report.artifact.hash : undefined;
}
