import { plainHeaders, plainHeadersOf } from './plain-headers.js';

/** A response that can be written as it is. */
export interface WholeResponse {
  readonly status: number;
  readonly statusText: string;
  /** Names in lower case and values in turn, sorted by name, as `Headers` lists them. */
  readonly rawHeaders: readonly string[];
  readonly body: string | Uint8Array | null;
}

type ResponseArguments = [body?: unknown, init?: ResponseInit];

const NativeResponse = globalThis.Response;
/** Statuses whose responses have no body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);
const TEXT = 'text/plain;charset=UTF-8';

/**
 * A `Response` made of a text or of bytes. The platform's own response has a stream for its body, and takes longer to make and
 * read than everything else about a small request, so it is only made when somebody looks into the response.
 */
class QuickResponse {
  readonly #whole: WholeResponse;
  #headers: Headers | undefined;
  #native: Response | undefined;

  constructor(whole: WholeResponse) {
    this.#whole = whole;
  }

  /** Returns the response to write, unless somebody may have used its body. */
  static wholeOf(response: unknown): WholeResponse | undefined {
    if (typeof response !== 'object' || response === null || !(#whole in response)) return undefined;
    if (response.#native) return undefined;
    const headers = response.#headers;
    return headers ? { ...response.#whole, rawHeaders: plainHeadersOf(headers) } : response.#whole;
  }

  /** Returns the platform's own response in the present state of the quick one. */
  static nativeOf(response: QuickResponse): Response {
    const headers = response.#headers;
    if (!response.#native) response.#native = makeNative(response.#whole, headers);
    else if (headers && headers !== response.#native.headers)
      replaceHeaders(response.#native.headers, headers);
    return response.#native;
  }

  /** Returns the platform's own response for a quick one, and any other value unchanged. */
  static platformOf(value: unknown): unknown {
    const isQuick = typeof value === 'object' && value !== null && #whole in value;
    return isQuick ? QuickResponse.nativeOf(value) : value;
  }

  get status(): number {
    return this.#whole.status;
  }

  get statusText(): string {
    return this.#whole.statusText;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get headers(): Headers {
    this.#headers ??= this.#native?.headers ?? headersOf(this.#whole);
    return this.#headers;
  }
}

/**
 * Returns the parts of a response to write, if it is whole: all of its body is known, and nobody has looked into the response.
 */
export const wholeResponseOf: (response: unknown) => WholeResponse | undefined = (response) =>
  QuickResponse.wholeOf(response);

/**
 * Replaces the global `Response` by one that is quick to make and to write. It behaves like the platform's, which still makes all
 * but the simplest responses.
 */
export function useQuickResponses(): void {
  if (globalThis.Response !== NativeResponse) return;
  inherit();
  const quick: typeof NativeResponse = new Proxy(NativeResponse, {
    construct(target, args: ResponseArguments, newTarget) {
      const whole = newTarget === quick ? wholeOf(...args) : undefined;
      if (whole) return new QuickResponse(whole);
      return Reflect.construct(target, args, newTarget === quick ? target : newTarget) as Response;
    },
  });
  Object.defineProperty(NativeResponse.prototype, 'constructor', { value: quick });
  globalThis.Response = quick;
}

/** Makes a quick response behave like the platform's in everything else. */
function inherit(): void {
  const { prototype } = QuickResponse;
  const { prototype: native } = NativeResponse;
  for (const key of Reflect.ownKeys(native)) {
    const property = Object.getOwnPropertyDescriptor(native, key) as PropertyDescriptor;
    for (const kind of ['get', 'value'] as const) {
      const method: unknown = property[kind];
      if (typeof method !== 'function' || key === 'constructor') continue;
      Object.defineProperty(native, key, { ...property, [kind]: forBoth(method as () => unknown) });
    }
  }
  Reflect.deleteProperty(prototype, 'constructor');
  Object.setPrototypeOf(prototype, native);
}

/** Returns a method of the platform that also accepts a quick response. */
function forBoth<Method extends (this: unknown, ...args: never[]) => unknown>(method: Method): Method {
  return new Proxy(method, {
    apply: (target, self, args: never[]) => Reflect.apply(target, QuickResponse.platformOf(self), args),
  });
}

/** Returns the parts of a response when they are plain; the platform finds the faults of others. */
function wholeOf(body?: unknown, init?: ResponseInit): WholeResponse | undefined {
  const isText = typeof body === 'string';
  if (!isText && body !== undefined && body !== null && !isPlainBytes(body)) return undefined;
  const hasBody = body !== undefined && body !== null;
  if (init === undefined || init === null)
    return {
      status: 200,
      statusText: '',
      rawHeaders: isText ? ['content-type', TEXT] : [],
      body: copyOf(body),
    };
  if (typeof init !== 'object') return undefined;
  const { status = 200, statusText = '', headers } = init;
  if (!Number.isInteger(status) || status < 200 || status > 599 || (hasBody && bodiless.has(status)))
    return undefined;
  if (typeof statusText !== 'string' || !/^[\x20-\x7e]*$/.test(statusText)) return undefined;
  const rawHeaders = plainHeaders(headers, isText ? TEXT : undefined);
  return rawHeaders && { status, statusText, rawHeaders, body: copyOf(body) };
}

function isPlainBytes(body: unknown): body is Uint8Array {
  return body instanceof Uint8Array && body.buffer instanceof ArrayBuffer;
}

/** Copies the bytes, because their owner may still write to them; a slice of a Buffer would share them. */
function copyOf(body: string | Uint8Array | null | undefined): string | Uint8Array | null {
  return typeof body === 'string' ? body : body ? new Uint8Array(body) : null;
}

function makeNative(whole: WholeResponse, headers = headersOf(whole)): Response {
  const { status, statusText, body } = whole;
  return new NativeResponse(body as string | null, { status, statusText, headers });
}

function replaceHeaders(former: Headers, headers: Headers): void {
  for (const name of Array.from(former.keys())) former.delete(name);
  for (const [name, value] of headers) former.append(name, value);
}

function headersOf({ rawHeaders }: WholeResponse): Headers {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  return headers;
}
