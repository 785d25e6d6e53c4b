import { Call } from '../dispatch/call.js';
import type { CallRequest } from '../dispatch/call-request.js';
import { canSendAgain } from '../link/can-send-again.js';
import { Scope } from '../link/protocol.js';
import type { Manifest } from '../manifest/manifest.js';
import { tracedCall, type Callee } from './traced-call.js';
import type { VersionSettings } from './version-settings.js';

type PolicySettings = Pick<VersionSettings, 'callTimeoutMs' | 'idempotentRetries' | 'tracing'>;

/**
 * Rules for a plugin's calls: how long they may take, how often they are sent again when their thread dies, and whether they
 * are traced.
 */
export class CallPolicy {
  readonly #settings: PolicySettings;
  readonly #callee: Callee;
  readonly #idempotent: ReadonlySet<string>;

  constructor({ liveFunctions }: Pick<Manifest, 'liveFunctions'>, settings: PolicySettings, callee: Callee) {
    this.#settings = settings;
    this.#callee = callee;
    this.#idempotent = new Set(liveFunctions.filter((one) => one.idempotent).map((one) => one.name));
  }

  /** Makes a call, without sending it yet. A pinned one never goes to a newer version. */
  prepare(request: CallRequest, pinned: boolean): Call {
    const { tracing } = this.#settings;
    if (!tracing) return this.#make(request, pinned);
    return tracedCall(tracing, this.#callee, request, (traced) => this.#make(traced, pinned));
  }

  #make(request: CallRequest, pinned: boolean): Call {
    const { scope, name, args } = request;
    const mayRetry = scope === Scope.live && this.#idempotent.has(name) && canSendAgain(args);
    return new Call(this.#withDeadline(request), mayRetry ? this.#settings.idempotentRetries : 0, pinned);
  }

  /** Applies the plugin's deadline to calls of the host that do not have their own; `invoke` has no deadline. */
  #withDeadline(request: CallRequest): CallRequest {
    const { callTimeoutMs } = this.#settings;
    const isExempt = request.nested === true || request.scope === Scope.function;
    if (callTimeoutMs === undefined || isExempt || request.options?.timeoutMs !== undefined) return request;
    return { ...request, callTimeoutMs };
  }
}
