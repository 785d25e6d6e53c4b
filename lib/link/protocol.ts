import type { EncodedError } from './error-codec.js';

/** What kind of name a call addresses. */
export const Scope = {
  live: 0,
  function: 1,
  export: 2,
  run: 3,
  vault: 4,
  extension: 5,
  vaultRun: 6,
} as const;
export type Scope = (typeof Scope)[keyof typeof Scope];

/** The first element of every frame. Numbers, because each frame is cloned: strings would be copied every time. */
export const Op = {
  call: 0,
  markedCall: 1,
  result: 2,
  markedResult: 3,
  thrown: 4,
  abort: 5,
  channel: 6,
  unreadable: 7,
} as const;

/**
 * Everything that crosses a link. One frame a call and one a result; plain values travel bare, what has an identity is
 * replaced by a {@link Mark} that leads to a Comlink channel of the same link.
 */
export type Frame =
  | readonly [op: typeof Op.call, id: number, scope: Scope, name: string, args: readonly unknown[]]
  | readonly [
      op: typeof Op.markedCall,
      id: number,
      scope: Scope,
      name: string,
      args: readonly unknown[],
      marks: readonly MarkedArgument[],
    ]
  | readonly [op: typeof Op.result, id: number, value: unknown]
  | readonly [op: typeof Op.markedResult, id: number, mark: Mark]
  | readonly [op: typeof Op.thrown, id: number, error: EncodedError]
  | readonly [op: typeof Op.abort, id: number, reason: EncodedError]
  | readonly [op: typeof Op.channel, channel: number, message: unknown]
  | readonly [op: typeof Op.unreadable, cause: EncodedError];

/** Which argument a mark stands for. */
export type MarkedArgument = readonly [index: number, mark: Mark];

/** Stands for a value that cannot be cloned as it is: an object on a channel, or an error. */
export type Mark =
  | { readonly kind: 'function'; readonly channel: number }
  | { readonly kind: 'iterable'; readonly channel: number }
  | { readonly kind: 'readable'; readonly channel: number }
  | { readonly kind: 'writable'; readonly channel: number }
  | { readonly kind: 'signal'; readonly channel: number }
  | { readonly kind: 'aborted'; readonly reason: EncodedError }
  | { readonly kind: 'error'; readonly error: EncodedError }
  | { readonly kind: 'liveData'; readonly wire: object };

/** What a method on a channel answers: plain data for Comlink, so its own, lossy error format is never used. */
export type ChannelReply =
  | { readonly value: unknown }
  | { readonly mark: Mark }
  | { readonly error: EncodedError };

/** The channel on which each end of a link exposes its surface; others are numbered as they are opened. */
export const SURFACE_CHANNEL = 0;
