import { isInstanceOf } from '../core/lazy-classes.js';
import { MessagePort } from 'node:worker_threads';
import { Copier, type CopyRules, type omitted } from './copier.js';
import { readData, sendData } from './data-placeholders.js';
import { decodeError, encodeError } from './error-codec.js';
import { isError } from './error-properties.js';
import { isPlainData } from './is-data.js';
import { liveDataBrand } from './kinds.js';
import { notCloneable, notCloneableAt } from './not-cloneable.js';
import type { Path } from './path.js';
import { restore } from './restore.js';

const root = { name: 'arguments' };

/**
 * Copies arguments that are not sent yet, so that later changes by the caller have no effect. Values with an identity (a
 * call-back, a stream, a signal) and values to be moved are not copied.
 * @throws LiveswapError `NOT_CLONEABLE`
 */
export function copyArguments(args: readonly unknown[], transfer: readonly unknown[]): readonly unknown[] {
  if (args.every(isPrimitive)) return args;
  try {
    if (transfer.length === 0 && args.every(isPlainData)) return structuredClone(args);
    return copyAround(args, new Holder(transfer));
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'NOT_CLONEABLE'
      ? error
      : notCloneable(root, args, error);
  }
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' || value === null) && typeof value !== 'function';
}

/** Copies all values except those that are held. */
function copyAround(args: readonly unknown[], holder: Holder): readonly unknown[] {
  const copier = new Copier(holder);
  const wire = args.map((value, index) =>
    copier.copy(value, { parent: { parent: undefined, step: root.name }, step: `[${index}]` }, true),
  );
  const clone = structuredClone({ wire, placed: copier.placed });
  const held = new Map(clone.placed.map((standIn, index) => [standIn, holder.heldBy(copier.placed[index])]));
  return restore(clone.wire, clone.placed, (standIn) => held.get(standIn)) as readonly unknown[];
}

/** Sets aside the values that the platform must not copy, while the rest is copied. */
class Holder implements CopyRules {
  readonly #transfer: readonly unknown[];
  readonly #held = new Map<object | undefined, unknown>();

  constructor(transfer: readonly unknown[]) {
    this.#transfer = transfer;
  }

  heldBy(standIn: object | undefined): unknown {
    return this.#held.get(standIn);
  }

  place(value: object, _at: Path, isTop: boolean): object | undefined {
    if (this.#isMoved(value) || hasIdentity(value, isTop)) return this.#hold(value);
    if (isError(value)) return this.#hold(decodeError(encodeError(value)));
    const data = sendData(value);
    return data && this.#hold(readData(data));
  }

  refuse(at: Path, what: string): typeof omitted {
    throw notCloneableAt(root, at, what);
  }

  isMoved(): boolean {
    return false;
  }

  #hold(value: unknown): object {
    const standIn = {};
    this.#held.set(standIn, value);
    return standIn;
  }

  #isMoved(value: object): boolean {
    return this.#transfer.includes(ArrayBuffer.isView(value) ? value.buffer : value);
  }
}

function hasIdentity(value: object, isTop: boolean): boolean {
  if (isTop && (typeof value === 'function' || Symbol.asyncIterator in value || liveDataBrand in value))
    return true;
  return (
    value instanceof AbortSignal ||
    value instanceof ReadableStream ||
    value instanceof WritableStream ||
    value instanceof TransformStream ||
    value instanceof MessagePort ||
    isInstanceOf(value, 'Request') ||
    isInstanceOf(value, 'Response')
  );
}
