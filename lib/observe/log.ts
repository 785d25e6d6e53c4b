import { debuglog, inspect } from 'node:util';
import { isLiveswapError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { printable } from '../core/printable.js';
import { formatDetails } from './format-details.js';
import { subscribe, type SwapEvent } from './events.js';
import { guarded, warnOf } from './guarded.js';
import { writeOutput } from './write-output.js';

/** `NODE_DEBUG=liveswap` prints every event. */
const debug = debuglog('liveswap');

const silent = (): void => {};

/**
 * Returns the user's logger, guarded so that its errors cannot end the process, or one that writes only warnings and errors, to
 * stderr.
 */
export function createLogger(logger: Logger | undefined): Logger {
  if (logger) return guardLogger(logger);
  const print =
    (level: string) =>
    (facts: object, message = inspect(facts)): void => {
      writeOutput(process.stderr, `liveswap ${level}: ${printable(message)}\n`);
    };
  return { debug: silent, info: silent, warn: print('warning'), error: print('error') };
}

function guardLogger(logger: Logger): Logger {
  const report = warnOf('The logger');
  const at = (level: keyof Logger): Logger[keyof Logger] =>
    guarded((facts: object, message?: string) => logger[level](facts, message), report);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/**
 * Writes the events of `swapper` to `logger`. Output of threads goes there too when the logger is the user's (`ownOutput`), and
 * otherwise to stdout and stderr of this process.
 */
export function logEvents(swapper: object, logger: Logger, ownOutput: boolean): void {
  subscribe(swapper, (event) => {
    debug('%o', event);
    if (event.type === 'output' && !ownOutput) writeOutput(process[event.stream], event.text);
    else log(logger, event);
  });
}

function log(logger: Logger, event: SwapEvent): void {
  const { type, ...facts } = event;
  switch (event.type) {
    case 'version':
      return logger.debug(facts, `${event.plugin}@${event.version} is ${event.state}.`);
    case 'threadCrashed':
      return logger.warn({ ...facts, err: event.error }, event.error.message);
    case 'callbackRejected': {
      const { call, callback, error } = event;
      const message = `The call-back ${callback} of ${call} rejected, and nobody waits for it: ${messageOf(error)}`;
      return logger.error({ ...facts, err: error }, message);
    }
    case 'threadReplaced':
      return logger.info(
        facts,
        `Thread ${event.thread} of ${event.plugin}@${event.version} is replaced: ${event.reason}.`,
      );
    case 'threadLingers':
      return logger.warn(
        facts,
        `Thread ${event.thread} of ${event.plugin}@${event.version} was told to end ${event.ms} ms ago: native code that does not return, such as execSync, keeps it alive, and liveswap waits for it.`,
      );
    case 'reloadStarted':
      return logger.debug(facts, `A ${event.reason} begins.`);
    case 'reloaded':
      return logger.info(
        facts,
        `Generation ${event.generation} is current: ${formatDetails(event.details)}.`,
      );
    case 'contractChanged':
      return logger.warn(facts, `This reload changes what is used: ${event.message}.`);
    case 'reloadFailed': {
      // Whoever closes the swapper ends its load or reload on purpose.
      const level = isLiveswapError(event.error.cause, 'CLOSED') ? 'info' : 'error';
      return logger[level]({ ...facts, err: event.error }, event.error.message);
    }
    case 'hookFailed':
    case 'versionFailed':
    case 'drainFailed':
      return logger.error({ ...facts, err: event.error }, event.error.message);
    case 'output':
      return event.stream === 'stdout' ? logger.info(facts, event.text) : logger.warn(facts, event.text);
    case 'handedOver':
      return logger.debug(facts, `${event.plugin} handed over in ${event.ms.pause.toFixed(1)} ms.`);
    case 'keptWarning':
      return logger.warn(facts, `${event.plugin}@${event.version}: ${event.warning}, which cannot move.`);
    case 'activeFailed':
    case 'everyFailed':
      return logger.error({ ...facts, err: event.error }, event.error.message);
    case 'closed':
      return logger.debug({ type }, 'The swapper is closed.');
    default:
      return event satisfies never;
  }
}
