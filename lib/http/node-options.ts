import type { ServerOptions } from 'node:http';
import { areStrings, isBoolean, isCount, type Check, type Checks } from '../core/check-options.js';
import { isTimeable, LONGEST_DELAY_MS } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';

/** Options for the connections that are accepted. */
const ofConnections = ['highWaterMark', 'keepAlive', 'keepAliveInitialDelay', 'noDelay'] as const;

/** Options for the requests and responses on these connections. */
const ofRequests = [
  'connectionsCheckingInterval',
  'headersTimeout',
  'insecureHTTPParser',
  'joinDuplicateHeaders',
  'keepAliveTimeout',
  'rejectNonStandardBodyWrites',
  'requestTimeout',
  'requireHostHeader',
  'uniqueHeaders',
] as const;

type ConnectionOption = (typeof ofConnections)[number];

/**
 * Options of `node:http` that a server here takes unchanged. The others of `node:http` are classes, or have another name here.
 */
export type NodeOptions = Pick<ServerOptions, ConnectionOption | (typeof ofRequests)[number]>;

const isFlag: Check = ['true or false', isBoolean];
/** What Node takes: it refuses fractions, and a timer that waits longer would be over at once. */
const isMs: Check = [
  `a whole number of milliseconds, 0 to ${LONGEST_DELAY_MS}`,
  (value) => isCount(0)(value) && isTimeable(value as number),
];

export const nodeChecks: Checks<Required<NodeOptions>> = {
  connectionsCheckingInterval: isMs,
  headersTimeout: isMs,
  highWaterMark: ['a whole number of bytes', isCount(0)],
  insecureHTTPParser: isFlag,
  joinDuplicateHeaders: isFlag,
  keepAlive: isFlag,
  keepAliveInitialDelay: isMs,
  keepAliveTimeout: isMs,
  noDelay: isFlag,
  rejectNonStandardBodyWrites: isFlag,
  requestTimeout: isMs,
  requireHostHeader: isFlag,
  uniqueHeaders: ['a list of names, and of lists of names', isListOfNames],
};

/** Returns the options for `node:http`, wherever it parses. */
export function nodeOptions(settings: NodeOptions & { readonly maxHeaderBytes: number }): ServerOptions {
  return {
    ...setOf(settings, [...ofConnections, ...ofRequests]),
    maxHeaderSize: settings.maxHeaderBytes,
  };
}

/**
 * Returns the options for `node:net`, where connections are accepted and not parsed. The platform's HTTP servers set `noDelay`,
 * too.
 */
export function connectionOptions(settings: NodeOptions): Pick<ServerOptions, ConnectionOption> {
  return { noDelay: true, ...setOf(settings, ofConnections) };
}

/**
 * Returns the time that a head may take: no longer than the whole request, or the platform accepts neither option.
 *
 * @throws LiveswapError `OPTION_INVALID`
 */
export function headersTimeoutOf(
  given: number | undefined,
  { headersTimeout, requestTimeout }: { readonly headersTimeout: number; readonly requestTimeout: number },
): number {
  if (requestTimeout === 0 || headersTimeout <= requestTimeout) return headersTimeout;
  if (given === undefined) return requestTimeout;
  const message = `The option headersTimeout must not be above requestTimeout, ${requestTimeout} ms; it is ${given}.`;
  throw new LiveswapError('OPTION_INVALID', message, { option: 'headersTimeout' });
}

/** Returns those of the named options that are set, because `undefined` counts as a value for the platform. */
function setOf<Name extends keyof NodeOptions>(
  settings: NodeOptions,
  names: readonly Name[],
): Pick<NodeOptions, Name> {
  const set = names.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]);
  return Object.fromEntries(set) as Pick<NodeOptions, Name>;
}

function isListOfNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' || areStrings(one));
}
