/** Names and values that a `Headers` takes and gives back unchanged. */
const plainName = /^[\w!#$%&'*+.^`|~-]+$/;
const plainValue = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

/**
 * Returns the raw headers for the arguments of a `Response`, as `Headers` would list them: lower case, sorted, with `type` for
 * `content-type` where there is none. Returns `undefined` when `Headers` has to look at them itself.
 */
export function plainHeaders(headers: unknown, type: string | undefined): string[] | undefined {
  if (headers === undefined) return type === undefined ? [] : ['content-type', type];
  const raw = headers instanceof Headers ? plainHeadersOf(headers) : readRecord(headers);
  if (!raw || type === undefined || hasName(raw, 'content-type')) return raw;
  let at = 0;
  while (at < raw.length && (raw[at] as string) < 'content-type') at += 2;
  raw.splice(at, 0, 'content-type', type);
  return raw;
}

/** Returns the names and values of `headers` in turn. */
export function plainHeadersOf(headers: Headers): string[] {
  const raw: string[] = [];
  for (const [name, value] of headers) raw.push(name, value);
  return raw;
}

/** Returns whether raw headers, in lower case, have `name`. */
export function hasName(raw: readonly string[], name: string): boolean {
  for (let at = 0; at < raw.length; at += 2) if (raw[at] === name) return true;
  return false;
}

function readRecord(headers: unknown): string[] | undefined {
  if (typeof headers !== 'object' || headers === null || Object.getPrototypeOf(headers) !== Object.prototype)
    return undefined;
  const pairs: [name: string, value: string][] = [];
  for (const key of Reflect.ownKeys(headers)) {
    const value = (headers as Record<PropertyKey, unknown>)[key];
    if (typeof key !== 'string' || typeof value !== 'string') return undefined;
    const name = key.toLowerCase();
    if (!plainName.test(name) || !plainValue.test(value) || pairs.some(([one]) => one === name))
      return undefined;
    pairs.push([name, value]);
  }
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1)).flat();
}
