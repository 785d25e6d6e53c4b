import { isNativeError } from 'node:util/types';
import { LiveswapError, type ErrorCode } from '../core/errors.js';

/** A thrown value as it crosses: an error with all that identifies it, or any other value as it was thrown. */
export type EncodedError = EncodedErrorObject | { readonly thrown: unknown };

interface EncodedErrorObject {
  readonly type: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause?: EncodedError;
  readonly errors?: readonly EncodedError[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/** By name, in a map: a name from the wire is looked up, and finds nothing that every object inherits. */
const builtIns: ReadonlyMap<string, new (message: string) => Error> = new Map([
  ['EvalError', EvalError],
  ['RangeError', RangeError],
  ['ReferenceError', ReferenceError],
  ['SyntaxError', SyntaxError],
  ['TypeError', TypeError],
  ['URIError', URIError],
]);

/** How many errors, causes and parts of aggregates together, are told of one thrown value. */
const MAX_ERRORS = 1_000;
/** How deep they may be nested. */
const MAX_DEPTH = 50;

/**
 * Makes a plain, cloneable picture of anything thrown. Properties that cannot be read or cloned are left out, and so is a
 * cause that is in its own chain: never fatal.
 */
export function encodeError(error: unknown): EncodedError {
  return (
    safely(() => encode(error, { seen: new Set(), depth: 0 })) ?? { thrown: 'an error that cannot be read' }
  );
}

interface Trail {
  /** Every error told so far. */
  readonly seen: Set<unknown>;
  readonly depth: number;
}

function encode(error: unknown, { seen, depth }: Trail): EncodedError {
  if (!isError(error)) return { thrown: cloneableOr(error, () => describe(error)) };
  seen.add(error);
  const below = { seen, depth: depth + 1 };
  const isTold = (one: unknown): boolean =>
    one !== undefined && depth < MAX_DEPTH && seen.size < MAX_ERRORS && !seen.has(one);
  const cause = safely(() => error.cause);
  const errors = safely(() => (error instanceof AggregateError ? [...error.errors] : undefined));
  return {
    type: safely(() => typeOf(error)) ?? 'Error',
    name: safely(() => text(error.name)) ?? 'Error',
    message: safely(() => text(error.message)) ?? '',
    stack: readStack(error),
    ...(isTold(cause) && { cause: encode(cause, below) }),
    ...(errors && { errors: errors.filter(isTold).map((one) => encode(one, below)) }),
    properties: ownProperties(error),
  };
}

/** The error that {@link encodeError} pictured: of its own class where that is built in, with the same name otherwise. */
export function decodeError(encoded: EncodedError): unknown {
  if ('thrown' in encoded) return encoded.thrown;
  const error = instantiate(encoded);
  if (encoded.stack !== undefined) define(error, 'stack', encoded.stack);
  if (error.name !== encoded.name) define(error, 'name', encoded.name);
  if (encoded.cause !== undefined) define(error, 'cause', decodeError(encoded.cause));
  for (const [key, value] of Object.entries(encoded.properties)) {
    // A DOMException's own `code` is a getter without a setter: only what can be defined is.
    Object.defineProperty(error, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return error;
}

function instantiate({ type, name, message, errors, properties }: EncodedErrorObject): Error {
  if (type === 'LiveswapError') return new LiveswapError(properties['code'] as ErrorCode, message);
  if (type === 'DOMException') return new DOMException(message, name);
  if (type === 'AggregateError') return new AggregateError((errors ?? []).map(decodeError), message);
  return new (builtIns.get(type) ?? Error)(message);
}

function isError(value: unknown): value is Error {
  return isNativeError(value) || safely(() => value instanceof Error) === true;
}

function typeOf(error: Error): string {
  // An artifact bundles its own copy of the class, so its errors are told by name and code.
  if (safely(() => error.name) === 'LiveswapError' && 'code' in error) return 'LiveswapError';
  if (error instanceof DOMException) return 'DOMException';
  if (error instanceof AggregateError) return 'AggregateError';
  for (const [type, constructor] of builtIns) if (error instanceof constructor) return type;
  return 'Error';
}

/** `cause` and `errors` have their own place; `name`, `message` and `stack` are own properties of some errors. */
const ownPlace = new Set(['name', 'message', 'stack', 'cause', 'errors', '__proto__']);

function ownProperties(error: Error): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const key of safely(() => Object.keys(error)) ?? []) {
    if (ownPlace.has(key)) continue;
    const read = safely(() => (error as unknown as Record<string, unknown>)[key]);
    const value = cloneableOr(read, () => undefined);
    if (value !== undefined) properties[key] = value;
  }
  return properties;
}

function readStack(error: Error): string | undefined {
  // Reading can throw: a plugin may have set its own Error.prepareStackTrace.
  const stack = safely(() => error.stack);
  return typeof stack === 'string' ? stack : undefined;
}

function cloneableOr(value: unknown, otherwise: () => unknown): unknown {
  if (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') return value;
  try {
    return structuredClone(value);
  } catch {
    return otherwise();
  }
}

function describe(value: unknown): string {
  return safely(() => String(value)) ?? safely(() => Object.prototype.toString.call(value)) ?? typeof value;
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : describe(value);
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, enumerable: false, configurable: true, writable: true });
}
