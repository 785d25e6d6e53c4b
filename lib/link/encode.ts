import { LiveswapError } from '../core/errors.js';
import { Copier } from './copier.js';
import { isPlainData } from './is-data.js';
import { notCloneable, notCloneableAt, type Root } from './not-cloneable.js';
import type { Path } from './path.js';
import type { Peer } from './peer.js';
import { Placement } from './placement.js';
import type { Placeholder } from './protocol.js';
import { transfersOf, type Transferable } from './transfer.js';

/** A value, or arguments, in the form in which they are sent. */
export interface Encoded<Wire = unknown> {
  readonly wire: Wire;
  /** Empty for plain data, which is sent as it is. */
  readonly placeholders: readonly Placeholder[];
  readonly transfers: readonly Transferable[];
  /** Channels on which something was exposed for the value. */
  readonly channels: readonly number[];
  /** Takes back what was exposed for a value that could not be sent. Returns the error to reject with. */
  fail(cause: unknown): unknown;
}

const nothing: readonly never[] = [];
const argumentsRoot: Root = { name: 'arguments' };

/** Encodes arguments. `transfer` lists the values to move. @throws LiveswapError `NOT_CLONEABLE` */
export function encodeArguments(
  peer: Peer,
  args: readonly unknown[],
  transfer: readonly unknown[] = nothing,
): Encoded<readonly unknown[]> {
  const root = argumentsRoot;
  const transfers = transfer.length > 0 ? ([...new Set(transfer)] as Transferable[]) : [];
  for (const value of args) addTransfers(transfers, value);
  if (transfers.length > 0) refuseDetached(root, transfers, args);
  if (args.every((value) => isPlain(root, value))) return plain(root, args, transfers);
  const placement = new Placement(peer, transfers, root);
  return encodeParts(placement, root, transfers, (copier) => copyArguments(copier, args, root));
}

/**
 * Encodes a result. `giver` names its origin, if that is not the call itself.
 * @throws LiveswapError `NOT_CLONEABLE`
 */
export function encodeResult(peer: Peer, value: unknown, giver?: string): Encoded {
  const transfers: Transferable[] = [];
  addTransfers(transfers, value);
  const root = { name: 'result', giver };
  if (transfers.length > 0) refuseDetached(root, transfers, nothing);
  if (isPlain(root, value)) return plain(root, value, transfers);
  const placement = new Placement(peer, transfers, root, true);
  return encodeParts(placement, root, transfers, (copier) => {
    // A function may cross as an argument, but not as a result.
    return copier.copy(value, { parent: undefined, step: root.name }, typeof value !== 'function');
  });
}

/**
 * Copies arguments. Plain ones are sent as they are, unless another argument has placeholders for objects that may occur in them,
 * too.
 */
function copyArguments(copier: Copier, args: readonly unknown[], root: Root): unknown[] {
  const at = (index: number): Path => ({
    parent: { parent: undefined, step: root.name },
    step: `[${index}]`,
  });
  const isOwn = (value: unknown): boolean => copier.isPlaced(value);
  const wire = [...args];
  for (const [index, value] of args.entries()) {
    if (!isPlain(root, value)) wire[index] = copier.copy(value, at(index), true);
  }
  const isAnyCopied = wire.some((value, index) => value !== args[index] && !isOwn(args[index]));
  // An object in two arguments is one object on the other side, too.
  return isAnyCopied
    ? wire.map((value, index) => (value === args[index] ? copier.copy(value, at(index), true) : value))
    : wire;
}

function encodeParts<Wire>(
  placement: Placement,
  root: Root,
  transfers: Transferable[],
  copy: (copier: Copier) => Wire,
): Encoded<Wire> {
  const copier = new Copier(placement);
  const fail = (cause: unknown, wire?: unknown): unknown => {
    placement.withdraw(cause);
    return cause instanceof LiveswapError ? cause : notCloneable(root, wire, cause);
  };
  try {
    const wire = copy(copier);
    return {
      wire,
      placeholders: copier.placed as Placeholder[],
      // A value with a placeholder stays here: the platform would refuse to move a stream that is in use.
      transfers: transfers.filter((one) => !copier.isPlaced(one)),
      channels: placement.channels,
      fail: (cause) => fail(cause, wire),
    };
  } catch (error) {
    throw fail(error);
  }
}

function plain<Wire>(root: Root, wire: Wire, transfers: readonly Transferable[]): Encoded<Wire> {
  return {
    wire,
    placeholders: nothing,
    transfers,
    channels: nothing,
    fail: (cause) => notCloneable(root, wire, cause),
  };
}

/** Returns whether a value is sent as it is. If reading it throws, the copier reports where. */
function isPlain(root: Root, value: unknown): boolean {
  try {
    return isPlainData(value);
  } catch (error) {
    if (error instanceof RangeError) throw notCloneable(root, value, error);
    return false;
  }
}

/** Adds the objects that are moved with a value, each once: the platform refuses a transfer list with duplicates. */
function addTransfers(transfers: Transferable[], value: unknown): void {
  for (const one of transfersOf(value)) if (!transfers.includes(one)) transfers.push(one);
}

/** Refuses to move a buffer twice: Node 20 would send an empty one the second time. */
function refuseDetached(root: Root, transfers: readonly Transferable[], args: readonly unknown[]): void {
  const moved = transfers.find(isDetached);
  if (moved === undefined) return;
  const index = args.findIndex((arg) => arg === moved || (ArrayBuffer.isView(arg) && arg.buffer === moved));
  const whole: Path = { parent: undefined, step: root.name };
  const at = index === -1 ? whole : { parent: whole, step: `[${index}]` };
  throw notCloneableAt(root, at, 'a buffer that was moved to another thread before, or refers to one');
}

function isDetached(value: unknown): boolean {
  if (!(value instanceof ArrayBuffer) || value.byteLength > 0) return false;
  try {
    // `detached` exists from Node 22 on.
    return new Uint8Array(value).byteLength > 0;
  } catch {
    return true;
  }
}
