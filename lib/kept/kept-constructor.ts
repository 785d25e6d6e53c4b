/** A class whose instances can be kept. */
export interface KeptConstructor {
  new (...args: never[]): object;
  readonly prototype: object;
  /** Converts fields of another shape to this one; `from` is the fingerprint of the shape that wrote them. */
  upcast?(fields: Record<string, unknown>, from: string): Record<string, unknown>;
}

/** Returns whether a value can make instances: a class, or a function with methods. */
export function isClass(value: unknown): value is KeptConstructor {
  if (typeof value !== 'function') return false;
  const prototype: unknown = Object.getOwnPropertyDescriptor(value, 'prototype')?.value;
  if (typeof prototype !== 'object' || prototype === null) return false;
  const isSyntax = Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
  return isSyntax || Object.getOwnPropertyNames(prototype).length > 1;
}
