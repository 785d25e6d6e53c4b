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

const builtIns: Readonly<Record<string, new (message: string) => Error>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** A chain longer than this is cut: `cause` can be a circle. */
const MAX_CAUSES = 16;

/** Makes a plain, cloneable picture of anything thrown. Properties that cannot be cloned are left out, never fatal. */
export function encodeError(error: unknown, depth = 0): EncodedError {
  if (!isError(error)) return { thrown: cloneableOr(error, () => describe(error)) };
  const cut = depth >= MAX_CAUSES;
  return {
    type: typeOf(error),
    name: text(error.name),
    message: text(error.message),
    stack: readStack(error),
    ...(error.cause !== undefined && !cut && { cause: encodeError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError &&
      !cut && { errors: [...error.errors].map((one) => encodeError(one, depth + 1)) }),
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
  return new (builtIns[type] ?? Error)(message);
}

function isError(value: unknown): value is Error {
  return value instanceof Error || isNativeError(value);
}

function typeOf(error: Error): string {
  // An artifact bundles its own copy of the class, so its errors are told by name and code.
  if (error.name === 'LiveswapError' && 'code' in error) return 'LiveswapError';
  if (error instanceof DOMException) return 'DOMException';
  if (error instanceof AggregateError) return 'AggregateError';
  for (const [type, constructor] of Object.entries(builtIns)) {
    if (type !== 'Error' && error instanceof constructor) return type;
  }
  return 'Error';
}

/** `cause` and `errors` have their own place; `name`, `message` and `stack` are own properties of some errors. */
const ownPlace = new Set(['name', 'message', 'stack', 'cause', 'errors', '__proto__']);

function ownProperties(error: Error): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
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
  return safely(() => String(value)) ?? Object.prototype.toString.call(value);
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
