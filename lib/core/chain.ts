/**
 * A chain of calls: who has it under way, each by one tag. Calls that are made on behalf of others carry it, so that work which
 * one plugin waits for is not held up by the very wait.
 */
export type Chain = readonly string[];

/** Added to a scope when the name begins with the chain that the call is part of. */
const CHAINED = 64;

/** How a call that is part of a chain is addressed. */
export function withChain(scope: number, name: string, chain: Chain): { scope: number; name: string } {
  return chain.length === 0
    ? { scope, name }
    : { scope: scope + CHAINED, name: `${JSON.stringify(chain)}\n${name}` };
}

/** What {@link withChain} made. */
export function readChain(scope: number, name: string): { scope: number; name: string; chain: Chain } {
  if (scope < CHAINED) return { scope, name, chain: [] };
  const end = name.indexOf('\n');
  return {
    scope: scope - CHAINED,
    name: name.slice(end + 1),
    chain: JSON.parse(name.slice(0, end)) as Chain,
  };
}

/** The tag of what a version does. */
export function workTag(plugin: string, version: string): string {
  return `${plugin.toLowerCase()}@${version}`;
}

/** The tag of the hooks with which a thread comes up. */
export function startTag(plugin: string, version: string, thread: number): string {
  return `${workTag(plugin, version)} start ${thread}`;
}

/** The tag of the hooks with which a version takes over, or yields. */
export function hookTag(plugin: string, version: string): string {
  return `${workTag(plugin, version)} hook`;
}

const PIN = 'pin ';

/** A chain in which what is called stays in the generation with this id. */
export function pinned(chain: Chain, generation: number): Chain {
  return [...chain.filter((tag) => !tag.startsWith(PIN)), `${PIN}${generation}`];
}

/** The id of the generation that a chain stays in. */
export function pinOf(chain: Chain): number | undefined {
  const tag = chain.find((one) => one.startsWith(PIN));
  return tag === undefined ? undefined : Number(tag.slice(PIN.length));
}
