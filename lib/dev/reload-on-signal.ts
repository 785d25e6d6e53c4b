import { checkOptions, isFunction } from '../core/check-options.js';
import type { Swapper } from '../swap/swapper.js';
import { goLive, type LoadData } from './go-live.js';

/** Options of {@link reloadOnSignal}. */
export interface SignalOptions {
  /** Makes what `onLoad` is given. */
  readonly data?: LoadData;
}

/**
 * Reloads whenever the process is sent `signal`. A reload that fails is an event and in the log, as always, and never ends the
 * process. Ends by itself when the swapper is closed; returns what ends it before.
 *
 * @throws LiveswapError `OPTION_INVALID` naming the option
 * @example
 * reloadOnSignal(swapper, 'SIGHUP');
 */
export function reloadOnSignal(
  swapper: Swapper,
  signal: NodeJS.Signals = 'SIGHUP',
  options: SignalOptions = {},
): () => void {
  checkOptions(options, { data: ['a function', isFunction] });
  // The swapper tells of failures.
  const reload = (): void => void goLive(swapper, options.data).catch(() => {});
  const stop = (): void => {
    process.off(signal, reload);
    stopListening();
  };
  const stopListening = swapper.on('closed', stop);
  process.on(signal, reload);
  return stop;
}
