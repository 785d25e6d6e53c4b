import { expose, finalizer, releaseProxy, transfer, wrap, type Remote } from 'comlink';
import type { Channel } from './channel.js';
import { decodeError, encodeError } from './error-codec.js';
import { markArguments, markOf, readMark, restoreArguments, unmarked, type MarkPeer } from './marshal.js';
import { notCloneable } from './not-cloneable.js';
import type { ChannelReply, MarkedArgument } from './protocol.js';
import { transfersOf, type Transferable } from './transfer.js';

/** Functions that the other side may call by name. */
export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

type WireMethod = (args: unknown[], marks: readonly MarkedArgument[]) => Promise<ChannelReply>;

/** An object of the other side: its methods by name, until it is released. */
export interface ChannelObject {
  call(method: string, args: readonly unknown[]): Promise<unknown>;
  /** Lets go of it: the other side frees what is behind. Done by itself when the object is no longer reachable. */
  release(): void;
}

/** Lets the other side call `methods` on `channel`; what they throw and return is marshalled by this link. */
export function exposeOn(channel: Channel, peer: MarkPeer, methods: Methods, onRelease?: () => void): void {
  const table: Record<PropertyKey, unknown> = Object.create(null);
  for (const [name, method] of Object.entries(methods)) {
    table[name] = (async (args, marks) => {
      try {
        return reply(peer, await method(...(restoreArguments(peer, args, marks) as never[])));
      } catch (error) {
        return { error: encodeError(error) };
      }
    }) satisfies WireMethod;
  }
  table[finalizer] = onRelease;
  channel.allow(Object.keys(methods));
  expose(table, channel);
}

/** The object that the other side exposed on `channel`. */
export function wrapOn(channel: Channel, peer: MarkPeer): ChannelObject {
  const remote = wrap<Record<string, WireMethod>>(channel) as Remote<Record<string, WireMethod>> & {
    [releaseProxy](): void;
  };
  // Each access to a property of Comlink's proxy makes another proxy and registers a finalizer for it.
  const methods = new Map<string, WireMethod>();
  const methodOf = (name: string): WireMethod => {
    const known = methods.get(name);
    if (known) return known;
    const method = remote[name] as unknown as WireMethod;
    methods.set(name, method);
    return method;
  };
  let released = false;
  return {
    async call(method, args) {
      if (channel.closedWith) throw decodeError(channel.closedWith);
      const answer = await apply(methodOf(method), peer, args);
      if ('error' in answer) throw decodeError(answer.error);
      return 'mark' in answer ? readMark(peer, answer.mark) : answer.value;
    },
    release() {
      // Comlink throws at the second time, and a collector may be the one who asks.
      if (!released) remote[releaseProxy]();
      released = true;
    },
  };
}

async function apply(method: WireMethod, peer: MarkPeer, args: readonly unknown[]): Promise<ChannelReply> {
  const transfers: Transferable[] = [];
  const marks: MarkedArgument[] = [];
  try {
    const wire = markArguments(peer, args, transfers, marks);
    return await method(transfer(wire, transfers), marks);
  } catch (error) {
    for (const [, mark] of marks) peer.withdraw(mark, error);
    throw notCloneable('arguments', unmarked(args, marks), error);
  }
}

function reply(peer: MarkPeer, value: unknown): ChannelReply {
  const transfers: Transferable[] = [...transfersOf(value)];
  const mark = markOf(peer, value, transfers);
  return transfer<ChannelReply>(mark ? { mark } : { value }, transfers);
}
