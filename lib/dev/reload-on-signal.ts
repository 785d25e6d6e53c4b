import { constants } from 'node:os';
import { checkArgument } from '../core/check-argument.js';
import { checkOptions, isFunction, type Check } from '../core/check-options.js';
import { checkSwapper } from '../swap/check-swapper.js';
import type { Swapper } from '../swap/swapper.js';
import { goLive, type LoadData } from './go-live.js';

/** Options of {@link reloadOnSignal}. */
export interface SignalOptions {
  /** Makes the data that `onLoad` receives. Default: the swapper's option `data`. */
  readonly data?: LoadData;
}

/** A process cannot listen to every signal. */
const unheard = ['SIGKILL', 'SIGSTOP'];

const signalCheck: Check = [
  'a signal that a process can handle on this platform',
  (value) => Object.hasOwn(constants.signals, value as string) && !unheard.includes(value as string),
];

/**
 * Reloads whenever the process receives `signal`. A failed reload is an event and is logged, as always, and never ends the
 * process. Stops when the swapper is closed; returns a function that stops it earlier.
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
  checkSwapper(swapper);
  checkArgument('signal', signal, signalCheck);
  checkOptions(options, { data: ['a function', isFunction] });
  // The swapper reports failures itself.
  const reload = (): void => void goLive(swapper, options.data).catch(() => {});
  const stop = (): void => {
    process.off(signal, reload);
    stopListening();
  };
  const stopListening = swapper.on('closed', stop);
  process.on(signal, reload);
  return stop;
}
