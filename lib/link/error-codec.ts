import { EventEmitter } from 'node:events';
import { LiveswapError, type ErrorCode } from '../core/errors.js';
import { Copier, omitted } from './copier.js';
import { readData, sendData } from './data-placeholders.js';
import { isError, propertiesOf, safely } from './error-properties.js';
import type { DataPlaceholder, EncodedError, EncodedErrorObject } from './protocol.js';
import { restore } from './restore.js';

/** A map, not an object: names from the wire must not find inherited properties. */
const builtIns: ReadonlyMap<string, new (message: string) => Error> = new Map([
  ['EvalError', EvalError],
  ['RangeError', RangeError],
  ['ReferenceError', ReferenceError],
  ['SyntaxError', SyntaxError],
  ['TypeError', TypeError],
  ['URIError', URIError],
]);

/**
 * Maximum number of errors that are encoded for one thrown value, including causes, parts of aggregates and errors in
 * properties.
 */
const MAX_ERRORS = 1_000;
/** Maximum depth of nested errors. */
const MAX_DEPTH = 50;
/** Maximum number of values that are encoded for the properties of one error. */
const MAX_VALUES = 2_000;

/**
 * Makes a plain, cloneable description of anything thrown. Parts that cannot be read or cloned are left out, and so is an error
 * inside its own chain. Never throws.
 */
export function encodeError(error: unknown): EncodedError {
  return safely(() => new ErrorEncoder().encode(error)) ?? { thrown: 'an error that cannot be read' };
}

/** Encodes an error and those it leads to; an error that several share is encoded once, and is one error on the other side. */
class ErrorEncoder {
  readonly #known = new Map<unknown, EncodedError>();
  /** The chain of errors from the first to the one being encoded. */
  readonly #above = new Set<unknown>();
  #values = 0;

  encode(error: unknown): EncodedError {
    const known = this.#known.get(error);
    if (known) return known;
    if (!isError(error)) return this.#encodeThrown(error);
    this.#above.add(error);
    const encoded = this.#encodeObject(error);
    this.#above.delete(error);
    this.#known.set(error, encoded);
    return encoded;
  }

  #encodeObject(error: Error): EncodedErrorObject {
    const cause = safely(() => error.cause);
    const errors = safely(() => (error instanceof AggregateError ? [...error.errors] : undefined));
    const hidden: string[] = [];
    const placeholders: DataPlaceholder[] = [];
    const properties: Record<string, unknown> = {};
    for (const { name, value, isHidden } of propertiesOf(error)) {
      const copy = this.#copy(value, placeholders);
      if (copy === omitted) continue;
      properties[name] = copy;
      if (isHidden) hidden.push(name);
    }
    return {
      type: safely(() => typeOf(error)) ?? 'Error',
      name: safely(() => textOf(error.name)) ?? 'Error',
      message: safely(() => textOf(error.message)) ?? '',
      stack: readStack(error),
      ...(cause !== undefined && this.#isTold(cause) && { cause: this.encode(cause) }),
      ...(errors && { errors: this.#encodeAll(errors) }),
      properties,
      ...(hidden.length > 0 && { hidden }),
      ...(placeholders.length > 0 && { placeholders }),
    };
  }

  #encodeThrown(value: unknown): EncodedError {
    if (value === undefined) return { thrown: undefined };
    const placeholders: DataPlaceholder[] = [];
    const copy = this.#copy(value, placeholders);
    if (copy === omitted) return { thrown: describe(value) };
    return { thrown: copy, ...(placeholders.length > 0 && { placeholders }) };
  }

  #encodeAll(errors: readonly unknown[]): EncodedError[] {
    const told: EncodedError[] = [];
    for (const one of errors) if (told.length < MAX_ERRORS && this.#isTold(one)) told.push(this.encode(one));
    return told;
  }

  #isTold(error: unknown): boolean {
    return !this.#above.has(error) && this.#above.size <= MAX_DEPTH && this.#known.size < MAX_ERRORS;
  }

  /** Copies the part of a value that can cross without a link. Errors inside of it are encoded like others. */
  #copy(value: unknown, placeholders: DataPlaceholder[]): unknown {
    const copier = new Copier({
      place: (part) => this.#place(part),
      refuse: () => omitted,
      isMoved: () => false,
    });
    const copy = safely(() => copier.copy(value, { parent: undefined, step: '' }));
    // The platform may still refuse the copy; finding out why is not worth it.
    if (copy === undefined || copy === omitted || safely(() => structuredClone(copy)) === undefined)
      return omitted;
    placeholders.push(...(copier.placed as DataPlaceholder[]));
    return copy;
  }

  #place(part: object): DataPlaceholder | typeof omitted | undefined {
    if (++this.#values > MAX_VALUES || part instanceof EventEmitter) return omitted;
    if (!isError(part)) return sendData(part);
    return this.#isTold(part) ? { kind: 'error', error: this.encode(part) } : omitted;
  }
}

/** Returns the error that {@link encodeError} described: of its own class if that is built in, otherwise with the same name. */
export function decodeError(encoded: EncodedError): unknown {
  return new ErrorDecoder().decode(encoded);
}

class ErrorDecoder {
  readonly #known = new Map<EncodedErrorObject, Error>();

  decode(encoded: EncodedError): unknown {
    if ('thrown' in encoded) return this.#restore(encoded.thrown, encoded.placeholders);
    return this.#known.get(encoded) ?? this.#decodeObject(encoded);
  }

  #decodeObject(encoded: EncodedErrorObject): Error {
    const error = this.#instantiate(encoded);
    this.#known.set(encoded, error);
    if (encoded.stack !== undefined) define(error, 'stack', encoded.stack);
    if (error.name !== encoded.name) define(error, 'name', encoded.name);
    if (encoded.cause !== undefined) define(error, 'cause', this.decode(encoded.cause));
    const properties = this.#restore(encoded.properties, encoded.placeholders) as Record<string, unknown>;
    for (const [key, value] of Object.entries(properties)) {
      // A DOMException's `code` is a getter without a setter, so it cannot be defined.
      const enumerable = !encoded.hidden?.includes(key);
      Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
    }
    return error;
  }

  #instantiate({ type, name, message, errors, properties }: EncodedErrorObject): Error {
    if (type === 'LiveswapError') return new LiveswapError(properties['code'] as ErrorCode, message);
    if (type === 'DOMException') return new DOMException(message, name);
    if (errors && errors.length > MAX_ERRORS) throw new TypeError('The parts of an aggregate are too many.');
    if (type === 'AggregateError')
      return new AggregateError(
        (errors ?? []).map((one) => this.decode(one)),
        message,
      );
    return new (builtIns.get(type) ?? Error)(message);
  }

  #restore(value: unknown, placeholders: readonly DataPlaceholder[] | undefined): unknown {
    if (!placeholders) return value;
    return restore(value, placeholders, (placeholder) =>
      placeholder.kind === 'error' ? this.decode(placeholder.error) : readData(placeholder),
    );
  }
}

function typeOf(error: Error): string {
  // An artifact bundles its own copy of the class, so its errors are recognised by name and code.
  if (safely(() => error.name) === 'LiveswapError' && 'code' in error) return 'LiveswapError';
  if (error instanceof DOMException) return 'DOMException';
  if (error instanceof AggregateError) return 'AggregateError';
  for (const [type, constructor] of builtIns) if (error instanceof constructor) return type;
  return 'Error';
}

function readStack(error: Error): string | undefined {
  // Reading can throw or return anything: a plugin may have set its own Error.prepareStackTrace.
  const stack = safely(() => error.stack);
  return typeof stack === 'string' ? stack : undefined;
}

function describe(value: unknown): string {
  return safely(() => String(value)) ?? safely(() => Object.prototype.toString.call(value)) ?? typeof value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : describe(value);
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, enumerable: false, configurable: true, writable: true });
}
