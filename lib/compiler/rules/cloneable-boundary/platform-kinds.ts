/** How values of a type of the language or Node cross a thread. */
export type PlatformKind =
  /** Unchanged, by structured clone. */
  | 'value'
  /** Unchanged, with its contents. */
  | 'map'
  | 'set'
  /** As its items: an array will do. */
  | 'iterable'
  /** Unchanged, with the values that are read from it or written to it. */
  | 'stream'
  /** Only as an argument or a result of its own. */
  | 'async iterable'
  /** As an argument or a result of its own, or moved by `transfer`. */
  | 'port'
  /** Only as an argument of its own. */
  | 'function'
  /** Never. */
  | 'symbol'
  | 'promise'
  | 'iterator'
  | 'weak';

const names: Readonly<Record<PlatformKind, string>> = {
  value: `Object Boolean Number String BigInt Date RegExp Error DOMException Array ReadonlyArray ArrayBuffer
    SharedArrayBuffer DataView Buffer Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array
    Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array Blob File KeyObject CryptoKey
    webcrypto.CryptoKey X509Certificate BlockList SocketAddress WebAssembly.Module URL URLSearchParams Headers FormData
    Request Response AbortSignal`,
  map: 'Map ReadonlyMap',
  set: 'Set ReadonlySet',
  iterable: 'Iterable',
  stream: 'ReadableStream WritableStream TransformStream',
  'async iterable': `AsyncIterable AsyncIterableIterator AsyncIteratorObject AsyncGenerator NodeJS.AsyncIterator`,
  port: 'MessagePort',
  function: 'Function CallableFunction NewableFunction',
  symbol: 'Symbol',
  promise: 'Promise PromiseLike',
  iterator: `Iterator IterableIterator IteratorObject Generator ArrayIterator MapIterator SetIterator StringIterator
    RegExpStringIterator NodeJS.Iterator`,
  weak: 'WeakMap WeakSet WeakRef FinalizationRegistry',
};

const kinds = new Map(
  Object.entries(names).flatMap(([kind, list]) =>
    list.split(/\s+/).map((name) => [name, kind as PlatformKind]),
  ),
);

/** @param name that of a symbol, without the module that declares it: `Date`, `NodeJS.Timeout` */
export function platformKind(name: string): PlatformKind | undefined {
  return kinds.get(name);
}

const insteads: Readonly<Record<string, string>> = {
  AbortController: 'Pass its `signal`.',
  EventEmitter: 'Pass a call-back as an argument of its own, or return an async iterable.',
  IncomingMessage: 'Pass the method, the URL, the headers and the body as plain data.',
  'Stream.Writable': 'Turn it into a WritableStream with Writable.toWeb.',
  'NodeJS.WritableStream': 'Turn it into a WritableStream with Writable.toWeb.',
};

/** Returns the remedy for an instance of a platform class that cannot cross. */
export function insteadOf(name: string): string {
  return insteads[name] ?? 'Pass the plain data that you need from it.';
}

/** Returns true if there is a better way than an instance of a platform class, even if that could cross. */
export function hasInstead(name: string | undefined): boolean {
  return name !== undefined && name in insteads;
}
