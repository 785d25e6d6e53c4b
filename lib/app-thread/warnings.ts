import { boundHost } from '../plugin/host-binding.js';

/** Signals to which the command gives another meaning. */
const DEAF = ['SIGHUP', 'SIGUSR2'] as const;

/** Warns of an ES module of the app that is required where Node asks no hooks for it. */
export function warnOfRequiredEsModule(path: string): void {
  boundHost().log.warn(
    { file: path },
    `${path} is an ES module that CommonJS requires, so Node ${process.versions.node} reads it, with all that it imports, from the disk: it is not frozen, and can use neither liveswap/plugin nor adapters. Import it, or use Node 22.15 or newer.`,
  );
}

/** Warns of packages that have adapters, but are imported by an ES module that is required where Node asks no hooks for it. */
export function warnOfUnreachedPackages(name: string, packages: readonly string[]): void {
  boundHost().log.warn(
    { package: name, unadapted: packages },
    `${name} is an ES module that CommonJS requires, so on Node ${process.versions.node} no adapter reaches the ${packages.join(', ')} that it imports: each runs in the old and the new version side by side. Import ${name}, or use Node 22.15 or newer.`,
  );
}

/** Warns of a frozen file that was written to. */
export function warnOfThaw(path: string): void {
  boundHost().log.warn(
    { file: path },
    `${path} was written to: this version reads it from the disk from now on, as the next one will.`,
  );
}

/** Warns of signal handlers in the app that are never called here. */
export function warnOfDeafSignals(): void {
  const signals = DEAF.filter((signal) => process.listenerCount(signal) > 0);
  if (signals.length === 0) return;
  boundHost().log.warn(
    { signals },
    `The app's handlers of ${signals.join(' and ')} are not called: a reload takes the place of what they do.`,
  );
}

/** Warns of a time zone that the app has set in its environment since `before`, as far as dates are in another one. */
export function warnOfTimeZone(before: string | undefined): void {
  const { TZ: wanted } = process.env;
  // Asking the platform for its time zone loads its tables, which takes tens of milliseconds.
  if (!wanted || wanted === before) return;
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  if (canonicalZone(wanted) === timeZone) return;
  boundHost().log.warn(
    { wanted, timeZone },
    `The app has set TZ to ${wanted}, which a thread cannot: dates are in ${timeZone}. Set it for the process, as in TZ=${wanted} npx liveswap start.`,
  );
}

/** Returns the name that the platform gives to a time zone; the given one if it knows none. */
function canonicalZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return zone;
  }
}

/** Warns that held intervals now run, because the app is still not ready `ms` milliseconds after its start began. */
export function warnOfEarlyIntervals(places: string, ms: number): void {
  boundHost().log.warn(
    { places },
    `The intervals begun at ${places} run already, beside those of the version before: the app was not ready ${ms} ms after its start began, and may be waiting for one of them.`,
  );
}
