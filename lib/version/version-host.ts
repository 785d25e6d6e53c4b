import type { Methods } from '../link/remote-object.js';
import type { IncomingCall } from '../link/incoming-call.js';
import type { Scope } from '../link/protocol.js';
import type { SwapEvent } from '../observe/events.js';
import type { ThreadHandle } from './thread-handle.js';

/** What a version needs of the host it runs in. */
export interface VersionHost<Version> {
  /** Answers what a thread of `version` calls: live functions and the extension. */
  answer(
    version: Version,
    thread: ThreadHandle,
    scope: Scope,
    name: string,
    args: unknown[],
    call: IncomingCall,
  ): unknown;
  /** What a thread of `version` may call over Comlink. */
  surface(version: Version, thread: number): Methods;
  /** The version crash-looped: its calls are refused from now on. */
  onFailed(version: Version): void;
  /** A call was settled, `ms` milliseconds after it was made. */
  onSettled(version: Version, ms: number, failed: boolean): void;
  emit(event: SwapEvent): void;
}
