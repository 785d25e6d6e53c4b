import type { LiveDataWire } from '../../live-data/live-data.js';
import type { Bytes } from '../../sockets/protocol.js';

/** An event of a peer, as it is told to the thread that runs its hook. */
export type PeerEvent =
  | { readonly hook: 'open' | 'drain' }
  | { readonly hook: 'message'; readonly data: Bytes; readonly isBinary: boolean }
  | { readonly hook: 'ping' | 'pong'; readonly data: Bytes }
  | { readonly hook: 'close'; readonly code: number; readonly reason: string }
  | { readonly hook: 'error'; readonly error: unknown };

/** The hooks for the events of a peer. */
export const hookNames = ['open', 'message', 'drain', 'close', 'error', 'ping', 'pong'] as const;
export type HookName = PeerEvent['hook'];

/** Facts about a peer that never change. */
export interface PeerRecord {
  /** Names the peer between host and threads: it is shorter than the id. */
  readonly number: number;
  readonly id: string;
  readonly namespace: string;
  readonly url: string;
  readonly headerLines: string;
  readonly remoteAddress: string | undefined;
  readonly protocol: string;
  readonly extensions: string;
}

/** Runs a hook. */
export interface HookNote {
  readonly kind: 'hook';
  readonly call: number;
  readonly peer: number;
  /** Set when this thread does not know the peer yet. */
  readonly record: PeerRecord | undefined;
  /** Set when another thread has run hooks of the peer meanwhile. */
  readonly context: LiveDataWire | undefined;
  /**
   * Set when this thread does not know the topics: it has not run hooks of the peer before, or another thread has changed them.
   */
  readonly topics: readonly string[] | undefined;
  readonly buffered: number;
  readonly event: PeerEvent;
}

/** Notes of the host to a thread about its WebSockets. */
export type ToThread =
  | HookNote
  | { readonly kind: 'gone'; readonly peer: number }
  | { readonly kind: 'drained'; readonly wait: number };

/** Notes of a thread to the host about WebSockets. */
export type FromThread =
  /** A hook has settled; `context` is undefined when it has not changed. */
  | {
      readonly kind: 'hooked';
      readonly call: number;
      readonly context: LiveDataWire | undefined;
      readonly failed: boolean;
    }
  | { readonly kind: 'send'; readonly peer: number; readonly data: Sent }
  | {
      readonly kind: 'publish';
      readonly topic: string;
      readonly data: Sent;
      /** The namespace to send in; all of them where it is missing. */
      readonly namespace: string | undefined;
      /** The sender, which is left out. */
      readonly except: number | undefined;
    }
  | { readonly kind: 'subscribe' | 'unsubscribe'; readonly peer: number; readonly topic: string }
  | {
      readonly kind: 'close';
      readonly peer: number;
      readonly code: number | undefined;
      readonly reason: string;
    }
  | { readonly kind: 'terminate'; readonly peer: number }
  | { readonly kind: 'ping'; readonly peer: number; readonly bytes: Sent['bytes'] }
  | { readonly kind: 'wait'; readonly peer: number; readonly wait: number; readonly threshold: number };

/** A message on its way to clients. */
export interface Sent {
  readonly bytes: string | Uint8Array;
  readonly compress: boolean | undefined;
}

/** An accepted upgrade, because of which a thread gives a connection back for good. */
export interface Upgrade {
  readonly kind: 'websocket';
  readonly url: string;
  /** Headers of the request. */
  readonly headerLines: string;
  readonly namespace: string;
  readonly remoteAddress: string | undefined;
  /** Headers of the answer, names and values in turn. */
  readonly headers: readonly string[];
  readonly protocol: string | undefined;
  readonly context: LiveDataWire | undefined;
}
