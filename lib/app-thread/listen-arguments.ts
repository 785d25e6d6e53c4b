import type { ListenOptions } from 'node:net';
import { inspect } from 'node:util';
import type { ListenRequest } from '../surface/listen.js';
import { notAdopted } from './not-adopted.js';

/** The types of Node 20 omit `reusePort`. */
type AnyListenOptions = ListenOptions & { readonly reusePort?: boolean };

/** Returns the options that the host needs. */
export function requestOf(options: AnyListenOptions): ListenRequest {
  const { host, path, backlog, ipv6Only, readableAll, writableAll, reusePort, ...given } = options;
  // Ports are often strings, read from the environment.
  const port: unknown = given.port ?? 0;
  return {
    ...(path === undefined && { port: Number(port) }),
    ...(host && { host }),
    ...(path !== undefined && { path }),
    ...(backlog !== undefined && { backlog }),
    ...(ipv6Only !== undefined && { ipv6Only }),
    ...(readableAll !== undefined && { readableAll }),
    ...(writableAll !== undefined && { writableAll }),
    ...(reusePort !== undefined && { reusePort }),
  };
}

/** Reads the arguments of `listen` in each of their forms. @throws TypeError naming an option that is not supported */
export function readArguments(args: unknown[]): { options: ListenOptions; callback?: () => void } {
  const last = args.at(-1);
  const rest = typeof last === 'function' ? args.slice(0, -1) : args;
  const options = optionsOf(rest.filter((one) => one !== undefined && one !== null));
  return { options, ...(typeof last === 'function' && { callback: last as () => void }) };
}

function optionsOf([first, second, third]: unknown[]): ListenOptions {
  if (typeof first === 'object' && first !== null) {
    const { fd, handle, _handle, signal } = first as Readonly<Record<string, unknown>>;
    if (typeof fd === 'number' || handle || _handle) throw notAdopted('listening on a handle');
    checkSignal(signal);
    return placed(first);
  }
  if (typeof first === 'string' && Number.isNaN(Number(first)))
    return { path: first, ...(typeof second === 'number' && { backlog: second }) };
  const backlog = typeof second === 'number' ? second : third;
  return placed({
    port: first as number,
    ...(typeof second === 'string' && { host: second }),
    ...(typeof backlog === 'number' && { backlog }),
  });
}

/** Returns options that say where: of a port and a path, the port counts. @throws TypeError, RangeError as the platform does, at once */
function placed({ path, ...others }: ListenOptions): ListenOptions {
  if ('port' in others) {
    const port: unknown = others.port ?? 0;
    if (typeof port !== 'number' && typeof port !== 'string') throw unusable('is invalid', others);
    checkPort(port);
    return others;
  }
  if (typeof path === 'string' && path) return { ...others, path };
  if (path === undefined) throw unusable('must have the property "port" or "path"', others);
  throw unusable('is invalid', { ...others, path });
}

function unusable(why: string, options: object): TypeError {
  const error = new TypeError(`The argument 'options' ${why}. Received ${inspect(options)}`);
  return Object.assign(error, { code: 'ERR_INVALID_ARG_VALUE' });
}

/** @throws TypeError as the platform does, at once */
function checkSignal(signal: unknown): void {
  const { aborted, addEventListener } = Object(signal) as Readonly<Record<string, unknown>>;
  if (signal === undefined || (aborted !== undefined && typeof addEventListener === 'function')) return;
  const error = new TypeError(
    `The "options.signal" property must be an instance of AbortSignal. Received ${inspect(signal)}`,
  );
  throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/** @throws RangeError as the platform does, at once */
function checkPort(given: unknown): void {
  const port = String(given).trim() === '' ? Number.NaN : Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  const error = new RangeError(
    `options.port should be >= 0 and < 65536. Received type ${typeof given} (${inspect(given)}).`,
  );
  throw Object.assign(error, { code: 'ERR_SOCKET_BAD_PORT' });
}
