import type { Span } from '@opentelemetry/api';
import type { SwapEvent } from '../observe/events.js';
import { ROOT_CONTEXT, SpanKind } from './api.js';
import { beginSpan, endSpan } from './spans.js';

/** Spans of what happens in a swapper: its changes, and the draining of each version. */
export class ChangeSpans {
  #change: Span | undefined;
  /** The spans of versions that drain, the oldest first: versions of a forced reload have the same id. */
  readonly #drains = new Map<string, Span[]>();

  on(event: SwapEvent): void {
    switch (event.type) {
      case 'reloadStarted':
        this.#change = begin(`liveswap ${event.reason}`, {});
        return;
      case 'reloaded':
        this.#change?.setAttributes({
          'liveswap.generation': event.generation,
          'liveswap.total_ms': event.ms.total,
        });
        return this.#endChange();
      case 'reloadFailed':
        return this.#endChange(event.error);
      case 'version':
        return this.#onVersion(event);
      default:
    }
  }

  #endChange(...failure: [error?: unknown]): void {
    if (this.#change) endSpan(this.#change, ...failure);
    this.#change = undefined;
  }

  #onVersion({ plugin, version, state }: Extract<SwapEvent, { readonly type: 'version' }>): void {
    const key = `${plugin}@${version}`;
    const drains = this.#drains.get(key) ?? [];
    if (state === 'draining') {
      const attributes = { 'liveswap.plugin': plugin, 'liveswap.version': version };
      this.#drains.set(key, [...drains, begin('liveswap drain', attributes)]);
    }
    if (state !== 'retired') return;
    const [oldest, ...others] = drains;
    if (oldest) endSpan(oldest);
    if (others.length > 0) this.#drains.set(key, others);
    else this.#drains.delete(key);
  }
}

function begin(name: string, attributes: Record<string, string>): Span {
  return beginSpan({ name, kind: SpanKind.INTERNAL, attributes, parent: ROOT_CONTEXT });
}
