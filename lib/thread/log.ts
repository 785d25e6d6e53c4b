import { inspect } from 'node:util';
import type { Carrier } from '../core/carrier.js';
import type { Logger } from '../core/logger.js';
import { clone } from '../link/clone.js';
import type { RemoteObject } from '../link/remote-object.js';
import type { HostSurface } from '../surface/host-surface.js';

type Level = Parameters<HostSurface['log']>[0];

/**
 * Creates a logger whose lines reach the host's logger, in order; values that cannot cross are left out, never thrown. Each line
 * has the carrier that `carrier` returns where the line is logged.
 */
export function createThreadLog(host: RemoteObject, carrier: () => Carrier | undefined): Logger {
  const at =
    (level: Level) =>
    (facts: object, message?: string): void => {
      // Without the host, nobody is left to read the line.
      const carried = carrier();
      const line = carried ? { carrier: carried, ...portable(facts) } : portable(facts);
      host.call('log', [level, line, message]).catch(() => {});
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/**
 * Returns the facts as plain data. An error among them is replaced by its stack: loggers print nothing else of a cloned error.
 */
function portable(facts: object): object {
  if (facts instanceof Error) return { err: describeError(facts) };
  const entries = Object.entries(facts).map(([key, value]: [string, unknown]) => [key, portableValue(value)]);
  return Object.fromEntries(entries) as object;
}

function portableValue(value: unknown): unknown {
  if (value instanceof Error) return describeError(value);
  try {
    return clone(value);
  } catch {
    // Unlike `String`, `inspect` works for any value.
    return inspect(value);
  }
}

function describeError(error: Error): object {
  return { type: error.name, message: error.message, stack: error.stack };
}
