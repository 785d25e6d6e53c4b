import { fieldStep, itemStep } from '../../../core/path-step.js';

/** A part of a type that cannot cross a thread. */
export interface CloneProblem {
  /** Path in the argument or result: `result.items[].onDone`. */
  readonly path: string;
  /** Description of the value, with the reason why it cannot cross. */
  readonly reason: string;
  /** Remedy, as a sentence. */
  readonly remedy: string;
}

/** Place in an argument or a result. */
export interface Position {
  readonly path: string;
  readonly side: 'argument' | 'result';
  /** True for the argument or result itself, false for something inside it. */
  readonly top: boolean;
  /** True when the other side has the classes of the plugin's live types, or does not need them. */
  readonly revives: boolean;
  /** Number of steps that led here. */
  readonly depth: number;
}

/** Returns the position of the argument or result itself. */
export function startOf(path: string, side: Position['side'], revives: boolean): Position {
  return { path, side, top: true, revives, depth: 0 };
}

/** Returns the position of something inside the value at `position`. */
export function insideOf(position: Position, step: string): Position {
  return { ...position, path: position.path + step, top: false, depth: position.depth + 1 };
}

/** Returns the position of the items of the value at `position`, or of the item at `index`. */
export function itemOf(position: Position, index = ''): Position {
  return insideOf(position, itemStep(index));
}

/**
 * Returns the position of items that are pulled from the value at `position`. Only the arguments themselves are revived; items
 * that are pulled from an argument come while the call runs.
 */
export function pulledOf(position: Position): Position {
  return { ...itemOf(position), revives: position.revives && position.side === 'result' };
}

/** Returns the position of a member of the value at `position`. */
export function memberOf(position: Position, name: string): Position {
  return insideOf(position, fieldStep(name));
}

/** Problems, by kind of value. */
export const cloneProblems = {
  function: ({ path, side }: Position): CloneProblem => ({
    path,
    reason: 'a function, and functions cross a thread only as arguments of their own',
    remedy:
      side === 'argument'
        ? 'Take the call-back as a parameter of its own.'
        : 'Return data, and offer the function as a live function or an export.',
  }),
  class: ({ path }: Position): CloneProblem => ({
    path,
    reason: 'a class, and classes stay in the thread that loaded them',
    remedy: 'Pass data, or the name of a live type.',
  }),
  instance: (
    { path }: Position,
    name: string,
    remedy = 'Pass a plain object instead, or make the class a live type.',
  ): CloneProblem => ({
    path,
    reason: `an instance of ${name}, which would arrive without its methods and private fields`,
    remedy,
  }),
  live: ({ path }: Position, name: string): CloneProblem => ({
    path,
    reason: `an instance of ${name}, which would arrive as its fields: only the plugin that owns a live type has its class`,
    remedy: `Guard it with \`LiveData.wrap\`, as \`LiveData<${name}>\`, or pass a plain object.`,
  }),
  symbol: ({ path }: Position): CloneProblem => ({
    path,
    reason: 'a symbol, which means nothing outside its thread',
    remedy: 'Use a string, or a union of string literals.',
  }),
  promise: ({ path, side }: Position): CloneProblem => ({
    path,
    reason: 'a promise, which only crosses as the result itself',
    remedy:
      side === 'argument'
        ? 'Await it before the call.'
        : 'Await it before returning: `await Promise.all(…)` for many.',
  }),
  iterator: ({ path }: Position): CloneProblem => ({
    path,
    reason: 'an iterator, whose state stays in its thread',
    remedy: 'Use an array, or an async generator as a result of its own.',
  }),
  weak: ({ path }: Position): CloneProblem => ({
    path,
    reason: 'a weak reference, which means nothing outside its thread',
    remedy: 'Pass an array, a Map or a Set.',
  }),
  nested: ({ path, side }: Position, what: string): CloneProblem => ({
    path,
    reason: `${what}, which crosses only as ${side === 'argument' ? 'an argument' : 'a result'} of its own`,
    remedy: side === 'argument' ? 'Take it as a parameter of its own.' : 'Return it on its own.',
  }),
  unmoved: ({ path }: Position): CloneProblem => ({
    path,
    reason: 'a port inside the result, which is not moved',
    remedy: 'Return it on its own, or mark it with `transfer` of liveswap/plugin.',
  }),
};
