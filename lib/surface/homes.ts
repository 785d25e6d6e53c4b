import type { Call } from '../dispatch/call.js';
import type { Home } from '../dispatch/waiting-calls.js';
import { Scope } from '../link/protocol.js';
import { LiveClasses, LiveData } from '../live-data/live-data.js';
import { isLiveDataInstance } from '../live-data/wire.js';
import type { AffinityFacts, Manifest } from '../manifest/manifest.js';

/** The location of the key in the arguments of each function marked `@affinity`, and the number of threads of the plugin. */
export interface Homes {
  readonly threads: number;
  readonly live: AffinityByName;
  readonly exports: AffinityByName;
  readonly functions: AffinityByName;
}

export type AffinityByName = ReadonlyMap<string, AffinityFacts>;

/** Returns `undefined` when every call may go to any thread. */
export function homesOf({ liveFunctions, exports, functions }: Manifest, threads: number): Homes | undefined {
  const tables = { live: byName(liveFunctions), exports: byName(exports), functions: byName(functions) };
  const isUsed = threads > 1 && Object.values(tables).some(({ size }) => size > 0);
  return isUsed ? { threads, ...tables } : undefined;
}

/**
 * Finds the thread of a call by the key in its arguments. Host and importers find the same thread without asking each other. A
 * key belongs to an index rather than to a thread, so a death moves no key.
 */
export function homeFinder(homes: Homes): (call: Pick<Call, 'scope' | 'name' | 'args'>) => Home {
  const scopes: Readonly<Record<number, AffinityByName>> = {
    [Scope.live]: homes.live,
    [Scope.export]: homes.exports,
    [Scope.function]: homes.functions,
  };
  return ({ scope, name, args }) => {
    const affinity = scopes[scope]?.get(name);
    const key = affinity && keyIn(args, affinity);
    return key === undefined ? undefined : hashOf(key) % homes.threads;
  };
}

function byName(
  facts: readonly { readonly name: string; readonly affinity?: AffinityFacts }[] = [],
): AffinityByName {
  return new Map(facts.flatMap(({ name, affinity }) => (affinity ? [[name, affinity] as const] : [])));
}

function keyIn(args: readonly unknown[], { parameter, path }: AffinityFacts): string | undefined {
  const key = reach(args[parameter], path);
  switch (typeof key) {
    case 'string':
      return key;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(key);
    default:
      return undefined;
  }
}

function reach(argument: unknown, path: readonly string[]): unknown {
  try {
    return path.reduce<unknown>((from, field) => Object(fieldsOf(from))[field], argument);
  } catch {
    // A getter threw, or live data is damaged: sending the argument will report the fault.
    return undefined;
  }
}

/** Reads live data as it was written, without any class of a plugin. */
function fieldsOf(value: unknown): unknown {
  return isLiveDataInstance(value) ? LiveData.from(value, noClasses).unwrap() : value;
}

const noClasses = new LiveClasses();

/** Returns FNV-1a with a final mix. Without the mix, keys that differ only in their last character spread badly. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
