import type { Chain } from '../core/chain.js';
import { watchArguments } from '../core/node-stream.js';
import type { Channel } from './channel.js';
import { decodeResult } from './decode.js';
import { decodeError } from './error-codec.js';
import { encodeArguments } from './encode.js';
import type { Peer } from './peer.js';
import type { Placeholder } from './protocol.js';
import type { RemoteObject } from './remote-object.js';

/** Releases remote objects that nobody on this side can reach any more. */
const collected = new FinalizationRegistry<Channel>((channel) => channel.release());

/** The object that the other side exposed on a channel. */
export class ChannelObject implements RemoteObject {
  readonly #channel: Channel;
  readonly #peer: Peer;

  constructor(channel: Channel, peer: Peer) {
    this.#channel = channel;
    this.#peer = peer;
  }

  releaseWith(owner: object): void {
    collected.register(owner, this.#channel, this);
  }

  standIn<Value extends object>(make: () => Value): Value {
    return (this.#channel.standIn ??= make()) as Value;
  }

  async call(method: string, args: readonly unknown[]): Promise<unknown> {
    watchArguments(args);
    const closed = this.#channel.closedWith;
    if (closed) throw closed.cause;
    const answer = await this.#request(method, args);
    if ('error' in answer) throw decodeError(answer.error);
    const { value, placeholders } = answer;
    return placeholders ? decodeResult(this.#peer, value, placeholders) : value;
  }

  release(): void {
    collected.unregister(this);
    this.#channel.release();
  }

  onGone(listener: (cause: unknown) => void): void {
    this.#channel.onGone(listener);
  }

  #request(method: string, args: readonly unknown[]): ReturnType<Channel['request']> {
    const encoded = encodeArguments(this.#peer, args);
    const { wire, placeholders, transfers } = encoded;
    const chain = this.#peer.chain();
    try {
      return this.#channel.request(method, requestOf(wire, placeholders, chain), transfers);
    } catch (error) {
      throw encoded.fail(error);
    }
  }
}

/** Returns the arguments of a request, without trailing empty ones. */
function requestOf(wire: unknown, placeholders: readonly Placeholder[], chain: Chain): readonly unknown[] {
  if (chain.length > 0) return [wire, placeholders, chain];
  return placeholders.length > 0 ? [wire, placeholders] : [wire];
}
