import type { Chain } from '../core/chain.js';
import type { Methods } from '../link/remote-object.js';
import type { IncomingCall } from '../link/incoming-call.js';
import type { Scope } from '../link/protocol.js';
import type { SwapEvent } from '../observe/events.js';
import type { ThreadHandle } from './thread-handle.js';

/** Services that a version uses in its host. */
export interface VersionHost<Version> {
  /** The environment of the host when the version was made. */
  readonly environment: Readonly<Record<string, string>>;
  /** Answers a call from a thread of `version`: live functions and the extension. */
  answer(
    version: Version,
    thread: ThreadHandle,
    scope: Scope,
    name: string,
    args: unknown[],
    call: IncomingCall,
  ): unknown;
  /** Returns the chain on whose behalf code of the host asks a thread to go on, with a call-back or a step of a stream. */
  chain(): Chain;
  /** Calls a call-back of a plugin, by its name. */
  askCallback<Result>(plugin: string, callback: string, send: () => Promise<Result>): Promise<Result>;
  /** Runs a call-back of the host, by its name, on behalf of the chain of its caller. */
  serveCallback<Result>(callback: string, chain: Chain, run: () => Result): Result;
  /** Returns the methods that a thread of `version` may call over Comlink. */
  surface(version: Version, thread: number): Methods;
  /** Called when the version crash-looped: its calls are refused from now on. */
  onFailed(version: Version): void;
  /** Returns the id of the current generation, for traces. */
  generation(): number | undefined;
  /**
   * Resolves when no other hand-over has gates closed, to a function that lets the next one close its own. Hooks and work of two
   * plugins may call each other: behind two gates that do not know of each other, both would wait.
   */
  takeGates(): Promise<() => void>;
  /** Returns all versions that have threads. */
  versions(): Iterable<Version>;
  emit(event: SwapEvent): void;
}
