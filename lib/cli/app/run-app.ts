import { shownPath } from '../../compiler/diagnostics/shown-path.js';
import { counted } from '../../core/counted.js';
import { isLiveswapError, messageOf } from '../../core/errors.js';
import { serveAppAfter, type ServedApp } from '../../app/serve-app.js';
import { watchApp, type SaveOutcome } from '../../app/watch-app.js';
import type { FileWatch } from '../../files/watch-files.js';
import { formatDetails } from '../../observe/format-details.js';
import { interruption, type Interruption } from '../interruption.js';
import { durationWords } from '../../observe/kept-by-words.js';
import { tell, tellOutcome } from '../tell.js';
import { exitCodes } from '../exit-codes.js';
import { openAdminPort, type AdminPort } from '../admin-port.js';
import type { AppLooks } from './app-looks.js';
import { adaptedWords } from './adapted-words.js';
import { appOptions, type AppFlags } from './flags.js';
import { openLooks, type LookFlags } from './open-looks.js';
import { pluginSources } from './plugin-sources.js';

/** Milliseconds that a thread lives on after its last request, in `dev`. */
const DEV_LINGER_MS = 500;

/** Arguments and flags with which an app is run from the command line. */
export interface AppRun {
  readonly entry: string;
  /** Arguments after `--`. */
  readonly args: readonly string[];
  readonly flags: AppFlags & LookFlags;
  /** True when saved changes go live. */
  readonly watch: boolean;
  /** The port of the admin page, 0 for any that is free; `undefined` for none. */
  readonly admin?: { readonly port: number; readonly hostname: string } | undefined;
}

/**
 * Serves an app until interrupted: SIGHUP reloads it, the first SIGTERM or SIGINT lets requests end, and a second one ends the
 * app now. Returns the exit code.
 */
export async function runApp(run: AppRun): Promise<number> {
  const interrupted = interruption();
  try {
    return await serveUntil(interrupted, run);
  } catch (error) {
    // The log has told of a load that fails.
    if (!isLiveswapError(error, 'LOAD_FAILED')) throw error;
    return exitCodes.findings;
  } finally {
    interrupted.forget();
  }
}

async function serveUntil(interrupted: Interruption, run: AppRun): Promise<number> {
  const { entry, args, flags, watch, admin } = run;
  const sources = watch ? await pluginSources(flags.plugins, entry, flags) : undefined;
  const plugins = sources?.outDir ?? flags.plugins;
  let watching: FileWatch | undefined;
  const looks = watch ? openLooks({ entry, args, flags }, (inputs) => void watching?.add(inputs)) : undefined;
  const look = async (): Promise<void> => (flags.check ? looks?.refuse() : undefined);
  let reload = (): void => {};
  // The signal is handled from the beginning to the end: otherwise it would end the process, with all requests.
  const onSignal = (): void => reload();
  process.on('SIGHUP', onSignal);
  let app: ServedApp | undefined;
  let adminPort: AdminPort | undefined;
  try {
    const options = {
      ...(args.length > 0 && { args }),
      ...appOptions(flags),
      ...(plugins !== undefined && { plugins }),
      // A developer who ends it does not want to wait for idle connections.
      ...(watch && { lingerMs: DEV_LINGER_MS }),
      swapper: { control: true },
    };
    const starting = serveAppAfter({ look, isEdited: watch }, entry, options, interrupted.signal);
    reload = () => void starting.then(tellReload, () => {});
    const served = await unlessEnded(starting, interrupted.signal);
    if (!served) return exitCodes.ok;
    app = served;
    if (watch) watching = await watchApp(served, (outcome) => tellSave(outcome, looks), sources);
    if (admin) {
      adminPort = await openAdminPort(served.swapper, admin.port, admin.hostname, () => served.isServing);
      tell('admin', adminPort.page);
    }
    tell(
      'ready',
      `${served.urls.join(', ') || shownPath(entry)}${watch ? `, watching ${counted(served.files.size, 'file')}` : ''}; Ctrl-C ends`,
    );
    tellAdapted(served);
    for (const remark of served.remarks) tell('files', remark);
    if (looks) served.swapper.on('reloaded', () => looks.swapped());
    looks?.look();
    await interrupted.once;
    reload = () => {};
    tell('stopping', 'requests may end; Ctrl-C again after a second ends it now');
    void interrupted.twice.then(() => served.swapper.destroy());
    return exitCodes.ok;
  } finally {
    // A save that waits for its version to start ends with the app.
    await Promise.all([app?.close(), watching?.close()]);
    looks?.close();
    await sources?.close();
    await adminPort?.close();
    process.off('SIGHUP', onSignal);
  }
}

/** Resolves as the start does, or to `undefined` when it was ended on purpose. */
async function unlessEnded(
  starting: Promise<ServedApp>,
  signal: AbortSignal,
): Promise<ServedApp | undefined> {
  try {
    return await starting;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Prints which packages of the app begin and pause with its versions. */
function tellAdapted({ adapted }: ServedApp): void {
  const { known, unknown } = adaptedWords(adapted);
  if (known) tell('adapters', known);
  if (unknown) tellOutcome(unknown, 'yellow');
}

function tellSave(outcome: SaveOutcome, looks: AppLooks | undefined): void {
  switch (outcome.kind) {
    case 'swapped':
      return tellOutcome(`${formatDetails(outcome.details)} in ${durationWords(outcome.ms)}`, 'green');
    case 'refused':
      return tellRefused(outcome.error);
    case 'beside':
      return looks?.isAbout(outcome.paths) ? looks.look() : undefined;
    default:
      return outcome satisfies never;
  }
}

async function tellReload(app: ServedApp): Promise<void> {
  const began = performance.now();
  try {
    const details = await app.reload();
    tellOutcome(`${formatDetails(details)} in ${durationWords(performance.now() - began)}`, 'green');
  } catch (error) {
    tellRefused(error);
  }
}

/** Prints the cause of a refusal where there is one: that is the part a person can fix. */
function tellRefused(error: unknown): void {
  const { cause } = error as { cause?: unknown };
  const reason = isLiveswapError(error, 'RELOAD_FAILED') && cause ? cause : error;
  if (isLiveswapError(reason, 'CLOSED')) return;
  tellOutcome(`refused, what ran serves on: ${messageOf(reason)}`, 'red');
}
