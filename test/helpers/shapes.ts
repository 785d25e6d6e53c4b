import type { Shape } from '../../lib/manifest/shape.js';

/** Returns the shape of a declared type or a live type, by its name. */
export const ref = (name: string): Shape => ({ kind: 'ref', name });

/** Returns the shape of a type of the platform. */
export const platform = (name: string, ...args: Shape[]): Shape =>
  args.length > 0 ? { kind: 'platform', name, args } : { kind: 'platform', name };

export const either = (...members: Shape[]): Shape => ({ kind: 'union', members });

export const listOf = (element: Shape): Shape => ({ kind: 'array', element });
