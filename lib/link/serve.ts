import { expose, transfer } from 'comlink';
import { isChain, type Chain } from '../core/chain.js';
import type { Channel } from './channel.js';
import { decodeArguments } from './decode.js';
import { encodeError } from './error-codec.js';
import { encodeResult, type Encoded } from './encode.js';
import type { Peer } from './peer.js';
import type { ChannelReply, Placeholder } from './protocol.js';
import type { Exposed } from './remote-object.js';

type WireMethod = (
  args: unknown[],
  placeholders?: readonly Placeholder[],
  chain?: Chain,
) => Promise<ChannelReply>;

/** Runs something in the async context that it belongs to, as part of `chain`; a call of a call-back comes with its name. */
export type Enter = (run: () => unknown, chain: Chain, callback?: string) => unknown;

/** Lets the other side call the exposed methods on `channel`; this link marshals their results and errors. */
export function serve(
  channel: Channel,
  peer: Peer,
  { methods, giver, isLasting, callback }: Exposed,
  enter: Enter,
): void {
  const replies = new WeakMap<object, Encoded>();
  const answer = async (
    method: (...args: never[]) => unknown,
    given: Parameters<WireMethod>,
  ): Promise<ChannelReply> => {
    const [args, placeholders = [], chain = []] = given;
    if (!isChain(chain)) throw new TypeError('The value that arrived is not a chain of calls.');
    const purpose = { call: giver ?? '', isVoid: () => false, isLasting };
    const received = decodeArguments(peer, args, placeholders, purpose);
    try {
      const encoded = encodeResult(
        peer,
        await enter(() => method(...(args as never[])), chain, callback),
        giver,
      );
      const reply = replyWith(encoded);
      replies.set(reply, encoded);
      return transfer(reply, [...encoded.transfers]);
    } finally {
      received.release();
    }
  };
  const table: Record<string, WireMethod> = Object.create(null) as Record<string, WireMethod>;
  for (const [name, method] of Object.entries(methods)) {
    table[name] = (...given) =>
      answer(method, given).catch((error: unknown) => ({ error: encodeError(error) }));
  }
  channel.onUnsent = (reply, cause) => replies.get(reply as object)?.fail(cause) ?? cause;
  channel.allow(Object.keys(methods));
  expose(table, channel);
}

function replyWith({ wire, placeholders }: Encoded): ChannelReply {
  return placeholders.length > 0 ? { value: wire, placeholders } : { value: wire };
}
