import { executionAsyncResource } from 'node:async_hooks';
import { outsideContext } from './async-context.js';

const nextTick = process.nextTick.bind(process);

let kept: object | undefined;

/**
 * Keeps one object of `process.nextTick` alive, as every thread of ours and the host do. On Node 22 and 24, once a full
 * collection finds none alive, as in a server that is idle for some seconds, V8 has forgotten their shape, and each later tick
 * takes 400 ns instead of 80, for good; an HTTP request has several.
 */
export function keepTick(): void {
  if (kept) return;
  outsideContext(() => nextTick(() => (kept ??= executionAsyncResource())));
}
