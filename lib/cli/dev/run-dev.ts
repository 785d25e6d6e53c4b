import { styleText } from 'node:util';
import { resolveOptions } from '../../compiler/options.js';
import type { Logger } from '../../core/logger.js';
import { Swapper } from '../../swap/swapper.js';
import { watch } from '../../dev/watch.js';
import type { Watcher, WatchOptions } from '../../dev/watcher.js';
import { exitCodes } from '../exit-codes.js';
import type { CheckFlags } from '../flags.js';
import { importHost, type Host } from './host.js';
import { narrate, tell, versionsOf } from './narrate.js';
import { pendingWords } from './pending-words.js';
import { StatusLine } from './status-line.js';
import { watchHost } from './watch-host.js';

const silent = (): void => {};
/** What would be logged is told as it happens. */
const quiet: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** Builds, runs the host, watches and tells what happens, until interrupted. Returns the exit code. */
export async function runDev(
  options: WatchOptions & { readonly outDir: string },
  hostFile: string | undefined,
  flags: Pick<CheckFlags, 'format' | 'verbose'>,
): Promise<number> {
  // What is no use from the start, a watcher would only tell of.
  resolveOptions(options);
  const host = hostFile === undefined ? undefined : await importHost(hostFile);
  const swapper = new Swapper(options.outDir, host?.options);
  const watcher = watch(swapper, { ...options, logger: quiet });
  const endNarration = narrate(swapper, watcher, flags);
  const status = new StatusLine(process.stdout, [process.stderr], () => statusOf(swapper));
  const interrupted = interruption();
  const hostFiles = host && watchHost(host.files);
  try {
    const serving = serve(host, swapper, watcher);
    const ready = watcher.ready.then(() => serving.started());
    await Promise.race([Promise.all([ready, hostFiles]), interrupted.once, serving.failed]);
    tell('ready', `watching ${options.sources.join(', ')}; Ctrl-C ends`);
    await Promise.race([interrupted.once, serving.failed]);
    tell('stopping', 'what is pending may finish; Ctrl-C again ends it now');
    void interrupted.twice.then(() => swapper.destroy());
    await serving.end();
    return exitCodes.ok;
  } finally {
    await (await hostFiles)?.close();
    await watcher.close();
    await swapper.close();
    status.end();
    endNarration();
    interrupted.forget();
  }
}

/** Starts the host as soon as there are plugins for it. */
function serve(host: Host | undefined, swapper: Swapper, watcher: Watcher) {
  let started: Promise<unknown> = Promise.resolve();
  const failed = new Promise<never>((_resolve, reject) => {
    const stop = watcher.on('live', () => {
      stop();
      if (host) started = Promise.resolve(swapper).then(host.serve);
      started.catch(reject);
    });
  });
  return {
    /** Rejects when the host does. */
    failed,
    started: () => started,
    end: async (): Promise<void> => {
      const end = await started;
      if (typeof end === 'function') await (end as () => unknown)();
    },
  };
}

function interruption() {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const resolves: (() => void)[] = [];
  const once = new Promise<void>((resolve) => resolves.push(resolve));
  const twice = new Promise<void>((resolve) => resolves.push(resolve));
  const onSignal = (): void => resolves.shift()?.();
  for (const signal of signals) process.on(signal, onSignal);
  return {
    once,
    twice,
    forget: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

function statusOf(swapper: Swapper): string {
  const { generation, plugins } = swapper.stats();
  const calls = plugins.reduce((sum, plugin) => sum + plugin.calls, 0);
  const draining = versionsOf(swapper)
    .filter(({ state }) => state === 'draining')
    .map((version) => `; draining ${version.plugin}@${version.version}: ${pendingWords(version)}`);
  const state = generation === undefined ? 'nothing is loaded' : `generation ${generation}, ${calls} calls`;
  return styleText('dim', `${state}${draining.join('')}`, { stream: process.stdout });
}
