/** Matches classes whose instances are filled after creation, unless the constructor receives contents. */
export const containers =
  /^(Map|Set|Array|\w+Array|URLSearchParams|FormData|Headers|Object|ArrayBuffer|SharedArrayBuffer)$/;

/** Matches classes whose instances exist to remember later calls. */
export const weak = /^(WeakMap|WeakSet|WeakRef|FinalizationRegistry)$/;

/** Matches classes whose instances have no fields to write, or are changed only on purpose, which is visible where it happens. */
export const constants =
  /^(Date|\w*Error|URL|URLPattern|Promise|Proxy|AsyncLocalStorage|AbortController|TextEncoder|TextDecoder|\w+Format|Collator|PluralRules|Segmenter|Locale|DisplayNames|String|Number|Boolean|DataView|Blob|File|Module|Function|DOMException)$/;

/** Matches functions that return their argument, shallowly frozen. */
export const freezers = /^ObjectConstructor\.(freeze|seal|preventExtensions)$/;

/** Matches classes whose instances are bytes of one thread. */
export const bytes = /^(\w+Array|ArrayBuffer)$/;

/** Matches functions that create bytes. */
export const byteMakers = /^(buffer\.)?BufferConstructor\.(alloc|allocUnsafe|allocUnsafeSlow)$/;

/** Matches functions that create an empty container. */
export const emptyMakers = new RegExp(`^(ObjectConstructor\\.create|Array)$|${byteMakers.source}`);

/** Matches types whose values remember a position. */
export const iterators = /(^|Async|Iterable|Array|Map|Set|String)(Generator|Iterator|IteratorObject)$/;
