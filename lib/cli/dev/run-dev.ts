import { resolveOptions, type BuildProgress } from '../../compiler/options.js';
import { refuseNoProcesses } from '../../compiler/no-processes.js';
import { refusePlugNPlay } from '../../compiler/plug-n-play.js';
import { findPlugins } from '../../compiler/plugin-folders.js';
import type { Reads } from '../../compiler/record/reads.js';
import { leaveSnapshot } from '../../compiler/snapshot/leave-snapshot.js';
import { isLiveswapError, messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import { watch } from '../../dev/watch.js';
import type { Watcher, WatchOptions } from '../../dev/watcher.js';
import { Swapper } from '../../swap/swapper.js';
import { refuseServerFolder } from '../app/refuse-sources.js';
import { exitCodes } from '../exit-codes.js';
import type { CheckFlags } from '../flags.js';
import { StatusLine } from '../status-line.js';
import { openAdminPort } from '../admin-port.js';
import { DevPort, type DevPortOptions } from './dev-port.js';
import { importHost } from './host.js';
import { interruption } from '../interruption.js';
import { helpOf, listenForKeys, type Key } from './keys.js';
import { narrate } from './narrate.js';
import { RunningHost } from './running-host.js';
import { statusOf } from './status.js';
import { tell } from '../tell.js';
import { watchHost } from './watch-host.js';

const silent = (): void => {};
/** Discards log entries: `dev` prints the same events itself. */
const quiet: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** The host to run, and its own arguments in `process.argv`. */
export interface HostChoice {
  readonly file: string;
  readonly args: readonly string[];
}

/** Servers for the plugins: a host module, a port for their web apps, both, or neither. */
export interface Serving {
  readonly host?: HostChoice;
  readonly port?: DevPortOptions;
}

/** Builds, runs the host, watches and prints events until interrupted. Returns the exit code. */
export async function runDev(
  options: WatchOptions & { readonly outDir: string },
  { host: choice, port }: Serving,
  flags: Pick<CheckFlags, 'format' | 'verbose'>,
): Promise<number> {
  // Fail now on what no save mends, such as invalid options or sources: a watcher would only report it.
  resolveOptions(options);
  refusePlugNPlay();
  refuseNoProcesses();
  await findPlugins(options.sources).catch(async (error: unknown) => {
    if (isLiveswapError(error, 'NO_PLUGINS')) await refuseServerFolder(error.folder, 'dev');
    throw error;
  });
  const module = choice && (await importHost(choice.file, choice.args));
  const swapper = new Swapper(options.outDir, {
    control: true,
    maxDraining: { versions: 3, then: 'cut' },
    ...module?.options,
  });
  const host = choice && module && new RunningHost(choice.file, module, swapper);
  const servers = [host, port && new DevPort(swapper, port)].filter((server) => server !== undefined);
  let progress: BuildProgress | undefined;
  const onProgress = (step: BuildProgress): void => {
    progress = step;
  };
  const interrupted = interruption();
  const watcher = watch(swapper, { ...options, logger: quiet, onProgress, signal: interrupted.signal });
  const reads = readsOf(watcher);
  const narration = narrate(swapper, watcher, flags);
  const status = new StatusLine(process.stdout, [process.stderr], () =>
    statusOf(swapper, narration.refusals, progress),
  );
  const keys = keysFor(host, interrupted.now);
  const endKeys = listenForKeys(keys, interrupted.now);
  const hostFiles = host && watchHost(host.files);
  const admin = await openAdminPort(swapper, 0, '127.0.0.1');
  try {
    const serving = serve(servers, watcher);
    const ready = watcher.ready.then(() => serving.started());
    await Promise.race([Promise.all([ready, hostFiles]), interrupted.once, serving.failed]);
    tell('admin', admin.page);
    tell('ready', `watching ${options.sources.join(', ')}; Ctrl-C ends`);
    await Promise.race([interrupted.once, serving.failed]);
    tell('stopping', 'what is pending may finish; Ctrl-C again after a second ends it now');
    void interrupted.twice.then(() => swapper.destroy());
    await serving.started();
    for (const server of servers) await server.stop();
    return exitCodes.ok;
  } finally {
    endKeys();
    await (await hostFiles)?.close();
    // A save that waits for its version to start ends with the swapper.
    await Promise.all([swapper.close(), watcher.close()]);
    await admin.close();
    status.end();
    narration.end();
    interrupted.forget();
    await leaveSnapshot(() => reads.first);
  }
}

/** Returns what decided the first build, once that is known. */
function readsOf(watcher: Watcher): { readonly first: Reads | undefined } {
  const reads: { first: Reads | undefined } = { first: undefined };
  const ask = async (): Promise<void> => {
    reads.first = await watcher.reads();
  };
  void watcher.ready.then(ask).catch(() => {});
  return reads;
}

/** Starts the servers as soon as there are plugins to serve. */
function serve(servers: readonly Pick<RunningHost, 'start'>[], watcher: Watcher) {
  let started: Promise<void> = Promise.resolve();
  const failed = new Promise<never>((_resolve, reject) => {
    const stop = watcher.on('live', () => {
      stop();
      started = Promise.resolve().then(async () => {
        for (const server of servers) await server.start();
      });
      started.catch(reject);
    });
  });
  return {
    /** Rejects when a server fails to start. */
    failed,
    started: () => started,
  };
}

function keysFor(host: RunningHost | undefined, quit: () => void): Readonly<Record<string, Key>> {
  const keys: Record<string, Key> = {
    ...(host && { r: { help: 'restarts the host', press: () => void restart(host) } }),
    h: { help: 'shows this', press: () => tell('keys', helpOf(keys)) },
    q: { help: 'ends', press: quit },
  };
  return keys;
}

async function restart(host: RunningHost): Promise<void> {
  try {
    await host.restart();
    tell('host', 'started anew');
  } catch (error) {
    tell('failed', messageOf(error));
  }
}
