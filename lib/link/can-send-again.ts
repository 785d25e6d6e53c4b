import { MessagePort } from 'node:worker_threads';
import { isInstanceOf } from '../core/lazy-classes.js';
import { isNodeStream } from '../core/node-stream.js';
import { Copier, omitted } from './copier.js';
import { isPlainData } from './is-data.js';

/** Returns whether arguments can be sent a second time: nothing in them is moved or used up by the first. Never throws. */
export function canSendAgain(args: readonly unknown[]): boolean {
  try {
    return args.every((value) => isPlainData(value) || !hasOneShot(value));
  } catch {
    return false;
  }
}

function hasOneShot(value: unknown): boolean {
  let found = false;
  const copier = new Copier({
    place: (part) => {
      found ||= isOneShot(part);
      return found ? omitted : undefined;
    },
    refuse: () => omitted,
    isMoved: () => false,
  });
  copier.copy(value, { parent: undefined, step: '' });
  return found;
}

function isOneShot(value: object): boolean {
  if (isInstanceOf(value, 'Request') || isInstanceOf(value, 'Response')) return value.body !== null;
  return (
    value instanceof MessagePort ||
    value instanceof ReadableStream ||
    value instanceof WritableStream ||
    value instanceof TransformStream ||
    isIterable(value) ||
    isNodeStream(value)
  );
}

function isIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
