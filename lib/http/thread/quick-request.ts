import type { IncomingMessage } from 'node:http';
import { NodeRequest } from 'srvx/node';
import { isUnread, readWhole } from './read-whole.js';

/** Overridden members of srvx's request; its types declare their getters as properties. */
interface LazyRequest {
  readonly method: string;
  readonly body: unknown;
  readonly bodyUsed: boolean;
  /** The platform's own request, which is made when it is needed. */
  readonly _request: Request;
  arrayBuffer(): Promise<ArrayBuffer>;
  text(): Promise<string>;
  json(): Promise<unknown>;
  bytes(): Promise<Uint8Array>;
  blob(): Promise<Blob>;
  formData(): Promise<unknown>;
  clone(): Request;
}

type Context = ConstructorParameters<typeof NodeRequest>[0];
const SrvxRequest = NodeRequest as unknown as new (context: Context) => LazyRequest;

/**
 * A request whose `arrayBuffer()` needs no stream of the platform: such a stream copies each piece of the body, joins the copies,
 * and copies the whole. srvx does the same for `text()` and `json()`.
 */
export class QuickRequest extends SrvxRequest {
  readonly #req: IncomingMessage;
  /** True when the body's stream, or the platform's own request, has been given away. */
  #isGiven = false;
  /** True when the body has been read here. */
  #isRead = false;

  constructor(context: Context & { readonly req: IncomingMessage }) {
    super(context);
    this.#req = context.req;
  }

  override get body(): unknown {
    if (this.#isRead) return null;
    this.#isGiven = true;
    return super.body;
  }

  override get bodyUsed(): boolean {
    return this.#isRead || super.bodyUsed;
  }

  override get _request(): Request {
    this.#isGiven = true;
    return super._request;
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.#isRead) throw usedTwice();
    const hasBody = this.method !== 'GET' && this.method !== 'HEAD';
    if (!hasBody || this.#isGiven || this.bodyUsed || !isUnread(this.#req)) return super.arrayBuffer();
    this.#isRead = true;
    return (await readWhole(this.#req)).buffer;
  }

  override async text(): Promise<string> {
    return this.#unlessRead(() => super.text());
  }

  override async json(): Promise<unknown> {
    return this.#unlessRead(() => super.json());
  }

  override async bytes(): Promise<Uint8Array> {
    return this.#unlessRead(() => super.bytes());
  }

  override async blob(): Promise<Blob> {
    return this.#unlessRead(() => super.blob());
  }

  override async formData(): Promise<unknown> {
    return this.#unlessRead(() => super.formData());
  }

  override clone(): Request {
    return this.#unlessRead(() => super.clone());
  }

  #unlessRead<Result>(read: () => Result): Result {
    if (this.#isRead) throw usedTwice();
    return read();
  }
}

function usedTwice(): TypeError {
  return new TypeError('Body is unusable: Body has already been read');
}
