/** Kind of the name that a call addresses. */
export const Scope = {
  live: 0,
  function: 1,
  export: 2,
  run: 3,
  vault: 4,
  extension: 5,
  vaultRun: 6,
  import: 7,
} as const;
export type Scope = (typeof Scope)[keyof typeof Scope];

/** The first element of every frame. Numbers, because each frame is cloned: strings would be copied every time. */
export const Op = {
  call: 0,
  placedCall: 1,
  result: 2,
  placedResult: 3,
  thrown: 4,
  abort: 5,
  channel: 6,
  unreadable: 7,
  batch: 8,
  collect: 9,
} as const;

/**
 * Everything that crosses a link. A call is one frame, and its result another. A {@link Placeholder} stands for each value that
 * the platform cannot clone. The frame lists the placeholders, once for each place, and cloning keeps an object in two places one
 * object: so only listed objects are placeholders, whatever others look like.
 */
export type Frame =
  | readonly [op: typeof Op.call, id: number, scope: Scope, name: string, args: readonly unknown[]]
  | readonly [
      op: typeof Op.placedCall,
      id: number,
      scope: Scope,
      name: string,
      args: readonly unknown[],
      placeholders: readonly Placeholder[],
    ]
  | readonly [op: typeof Op.result, id: number, value: unknown]
  | readonly [op: typeof Op.placedResult, id: number, value: unknown, placeholders: readonly Placeholder[]]
  | readonly [op: typeof Op.thrown, id: number, error: EncodedError]
  | readonly [op: typeof Op.abort, ids: readonly number[], reason: EncodedError]
  | readonly [op: typeof Op.channel, channel: number, message: unknown]
  | readonly [op: typeof Op.unreadable, cause: EncodedError]
  /** The heap of the sender is nearly full: the other side should release its unused objects now. */
  | readonly [op: typeof Op.collect];

/**
 * Calls and answers that share a message. The items of each are the index of its scope in `addresses`, where its name follows;
 * its id; the number of the form of its arguments or result; and their primitives.
 */
export type BatchFrame = readonly [
  op: typeof Op.batch,
  addresses: readonly (Scope | string)[],
  forms: readonly unknown[],
  items: readonly unknown[],
];

/** Stands for a value that the platform would not clone, or not completely. A value with an identity has a channel of the link. */
export type Placeholder = ChannelPlaceholder | DataPlaceholder;

export type ChannelPlaceholder =
  | { readonly kind: 'function'; readonly channel: number; readonly name: string }
  | { readonly kind: 'iterable'; readonly channel: number }
  | { readonly kind: 'signal'; readonly channel: number }
  | { readonly kind: 'transform'; readonly readable: StreamPlaceholder; readonly writable: StreamPlaceholder }
  | StreamPlaceholder;

/** `bytes` is true when the stream can be read into buffers of the reader. */
export type StreamPlaceholder =
  | { readonly kind: 'readable'; readonly channel: number; readonly bytes: boolean }
  | { readonly kind: 'writable'; readonly channel: number };

export type DataPlaceholder =
  | { readonly kind: 'aborted'; readonly reason: EncodedError }
  | { readonly kind: 'error'; readonly error: EncodedError }
  | { readonly kind: 'liveData'; readonly wire: object }
  | { readonly kind: 'url'; readonly href: string }
  | { readonly kind: 'searchParams'; readonly text: string }
  | { readonly kind: 'headers'; readonly entries: HeaderEntries }
  | { readonly kind: 'file'; readonly file: SentFile }
  | { readonly kind: 'formData'; readonly entries: readonly (readonly [string, string | SentFile])[] }
  | ({ readonly kind: 'request' } & SentRequest)
  | ({ readonly kind: 'response' } & SentResponse);

export type HeaderEntries = readonly (readonly [name: string, value: string])[];

/** A file, which the platform would clone as a blob without a name. */
export interface SentFile {
  readonly blob: Blob;
  readonly name: string;
  readonly lastModified: number;
}

export interface SentRequest {
  readonly url: string;
  /** Arguments of the constructor, except headers, body and signal. */
  readonly init: Readonly<Record<string, unknown>>;
  readonly headers: HeaderEntries;
  readonly body: StreamPlaceholder | undefined;
  readonly signal: Placeholder | undefined;
}

export interface SentResponse {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly type: string;
  readonly redirected: boolean;
  readonly headers: HeaderEntries;
  readonly body: StreamPlaceholder | undefined;
}

/** A thrown value as it crosses: an error with all that identifies it, or any other value as it was thrown. */
export type EncodedError =
  | EncodedErrorObject
  | { readonly thrown: unknown; readonly placeholders?: readonly DataPlaceholder[] | undefined };

export interface EncodedErrorObject {
  readonly type: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause?: EncodedError;
  readonly errors?: readonly EncodedError[];
  readonly properties: Readonly<Record<string, unknown>>;
  /** Names of properties that are not enumerable. */
  readonly hidden?: readonly string[] | undefined;
  /** Placeholders inside of the properties. */
  readonly placeholders?: readonly DataPlaceholder[] | undefined;
}

/** Answer of a method on a channel: plain data for Comlink, so that its lossy error format is never used. */
export type ChannelReply =
  | { readonly value: unknown; readonly placeholders?: readonly Placeholder[] | undefined }
  | { readonly error: EncodedError };

/** The channel on which each end of a link exposes its surface; others are numbered as they are opened. */
export const SURFACE_CHANNEL = 0;
