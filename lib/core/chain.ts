import { keyOf } from './plugin-key.js';

/**
 * A chain of calls: the work on whose behalf a call is made, one tag each. Nested calls carry the chain, so that the wait for
 * some work does not hold up the calls which this work needs.
 */
export type Chain = readonly string[];

/** Added to a scope when the name begins with the chain that the call is part of. */
const CHAINED = 64;

/** Longest chain that is accepted: a real one names each version once, and a few of their hooks. */
const MOST_TAGS = 10_000;

/** The chain of work that is done on nobody's behalf. */
export const noChain: Chain = [];

/** Returns the address of a call that is part of a chain. */
export function withChain(scope: number, name: string, chain: Chain): { scope: number; name: string } {
  return chain.length === 0
    ? { scope, name }
    : { scope: scope + CHAINED, name: `${JSON.stringify(chain)}\n${name}` };
}

/** Reads an address that {@link withChain} made. */
export function readChain(scope: number, name: string): { scope: number; name: string; chain: Chain } {
  if (scope < CHAINED) return { scope, name, chain: noChain };
  const end = name.indexOf('\n');
  return {
    scope: scope - CHAINED,
    name: name.slice(end + 1),
    chain: JSON.parse(name.slice(0, end)) as Chain,
  };
}

/** Returns true when a value that arrived is a chain. */
export function isChain(value: unknown): value is Chain {
  return Array.isArray(value) && value.length <= MOST_TAGS && value.every((tag) => typeof tag === 'string');
}

/** Returns the chain of work that is done on behalf of both. */
export function joinChains(one: Chain, other: Chain): Chain {
  return one.length === 0 ? other : [...new Set([...one, ...other])];
}

/** Returns the tag of the work of a version. */
export function workTag(plugin: string, version: string): string {
  return `${keyOf(plugin)}@${version}`;
}

const START = ' start ';

/** Returns the tag of the hooks with which a thread comes up. */
export function startTag(plugin: string, version: string, thread: number): string {
  return `${workTag(plugin, version)}${START}${thread}`;
}

/** Returns true when one of those hooks, in any thread of one of the versions, waits for what is part of the chain. */
export function isInStartOf(
  chain: Chain,
  versions: readonly { readonly plugin: string; readonly id: string }[],
): boolean {
  return versions.some(({ plugin, id }) => {
    const tag = `${workTag(plugin, id)}${START}`;
    return chain.some((one) => one.startsWith(tag));
  });
}

/** Returns true when one of those hooks, of any version, waits for what is part of the chain. */
export function isInAnyStart(chain: Chain): boolean {
  return chain.some((tag) => tag.includes(START));
}

const HOOK = ' hook';

/** Returns the tag of the hooks with which a version takes over, or yields. */
export function hookTag(plugin: string, version: string): string {
  return `${workTag(plugin, version)}${HOOK}`;
}

/** Returns true when one of those hooks waits for what is part of the chain. */
export function isInHookOf(chain: Chain): boolean {
  return chain.some((tag) => tag.endsWith(HOOK));
}

/** Returns true when any hook that is awaited with gates closed, or that a gate may hold up, waits for what is part of the chain. */
export function isInAnyHook(chain: Chain): boolean {
  return isInHookOf(chain) || isInAnyStart(chain);
}

const PIN = 'pin ';

/** Returns a chain whose calls stay in the generation with this id. */
export function pinned(chain: Chain, generation: number): Chain {
  return [...chain.filter((tag) => !tag.startsWith(PIN)), `${PIN}${generation}`];
}

/** Returns the id of the generation in which a chain stays. */
export function pinOf(chain: Chain): number | undefined {
  const tag = chain.find((one) => one.startsWith(PIN));
  return tag === undefined ? undefined : Number(tag.slice(PIN.length));
}
