import type { Transferable } from 'node:worker_threads';

export type { Transferable };

const lists = new WeakMap<object, readonly Transferable[]>();

/** Marks the objects in `list` to be moved instead of copied when `value` crosses a link. */
export function markTransfer<T extends object>(value: T, list: readonly unknown[]): T {
  lists.set(value, list as readonly Transferable[]);
  return value;
}

/** Returns the list that {@link markTransfer} was given for `value`; empty for other values. */
export function transfersOf(value: unknown): readonly Transferable[] {
  return (typeof value === 'object' && value !== null && lists.get(value)) || [];
}
