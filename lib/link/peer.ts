import type { Chain } from '../core/chain.js';
import type { AskCallback, CallbackFacts } from './callback.js';
import type { Exposed, RemoteObject } from './remote-object.js';

/** Services of a link for values that cross: objects on channels, and a count of open ones. */
export interface Peer {
  /** Exposes something on a new channel, in the current async context, and returns the channel's number. */
  expose(exposed: Exposed): number;
  /** Exposes something that belongs to `owner` once, however often it is given, until `owner` is collected. */
  exposeOnce(owner: object, exposed: () => Exposed): number;
  /** Returns the object that the other side exposed on `channel`; `isPulled` for a stream or an iterator. */
  wrap(channel: number, isPulled?: boolean): RemoteObject;
  /** Takes back what was exposed for a message that was not sent. */
  withdraw(channel: number, cause: unknown): void;
  /** Keeps `kept` for as long as the object on `channel` is open. */
  keep(channel: number, kept: object): void;
  /** Counts something as pending until the returned function is called; more calls of it do nothing. */
  hold(): () => void;
  /** Calls a call-back of the other side, by its name. */
  readonly askCallback: AskCallback;
  /** Returns the chain of the calling code. */
  chain(): Chain;
  /** Makes live data from its wire form, with the classes of this side. */
  liveData(wire: object): unknown;
  /** A call-back of the other side rejected, and nobody took it. */
  onUntaken(facts: CallbackFacts, error: unknown): void;
}

/** Values with an identity that came with a call: kept while the call is answered, and as long as anything of them is open. */
export interface Received {
  readonly values: readonly unknown[];
  /** Releases values that nobody can use after that. */
  release(): void;
}
