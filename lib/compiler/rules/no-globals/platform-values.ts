/** Classes whose instances are filled after they are made, unless they are given something to hold. */
export const containers =
  /^(Map|Set|Array|\w+Array|URLSearchParams|FormData|Headers|Object|ArrayBuffer|SharedArrayBuffer)$/;

/** Classes whose instances are made to remember what they are told later. */
export const weak = /^(WeakMap|WeakSet|WeakRef|FinalizationRegistry)$/;

/** Classes whose instances have no fields to write, or are only changed on purpose, which is seen where it happens. */
export const constants =
  /^(Date|\w*Error|URL|URLPattern|Promise|Proxy|AsyncLocalStorage|AbortController|TextEncoder|TextDecoder|\w+Format|Collator|PluralRules|Segmenter|Locale|DisplayNames|String|Number|Boolean|DataView|Blob|File|Module|Function|DOMException)$/;

/** Functions that give what they are given, and let nobody change it on the surface. */
export const freezers = /^ObjectConstructor\.(freeze|seal|preventExtensions)$/;

/** Functions that make something to be filled. */
export const emptyMakers =
  /^(ObjectConstructor\.create|Array|(buffer\.)?BufferConstructor\.(alloc|allocUnsafe|allocUnsafeSlow))$/;

/** Types that remember how far they are. */
export const iterators = /(^|Async|Iterable|Array|Map|Set|String)(Generator|Iterator|IteratorObject)$/;
