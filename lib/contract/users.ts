import type { Manifest, UseFacts } from '../manifest/manifest.js';
import { keyOf } from '../core/plugin-key.js';
import type { Shape, SignatureShape } from '../manifest/shape.js';
import { Assignability } from './assignable.js';
import { functionBreak } from './function-break.js';
import { parameterBreak } from './assignable-function.js';
import { sameShape } from './same-shape.js';
import type { SymbolBreak } from './breaks.js';
import type { HostContract } from './host-contract.js';

/** A user of something that breaks. */
export interface User {
  readonly kind: 'plugin' | 'host';
  readonly name: string;
}

/** The releases before and after a change, and the host's contract. */
export interface Sides {
  readonly before: readonly Manifest[];
  readonly after: readonly Manifest[];
  readonly host?: HostContract | undefined;
}

/** Returns the plugins of the next release, and the host, that would be broken. */
export function usersOf(broken: SymbolBreak, { before, after, host }: Sides): User[] {
  const plugins = after
    .filter((manifest) => isBroken(manifest, before, broken, after))
    .map(({ name }): User => ({ kind: 'plugin', name }));
  return host && usesByName(host, broken) ? [...plugins, { kind: 'host', name: host.name }] : plugins;
}

function isNamed(name: string): (manifest: Manifest) => boolean {
  return (manifest) => keyOf(manifest.name) === keyOf(name);
}

function usesByName({ uses }: HostContract, { symbol, what }: SymbolBreak): boolean {
  return (what === 'live function' || what === 'live type') && uses.some(({ name }) => name === symbol);
}

/** Returns true when a plugin breaks: an unchanged use does; a changed one is checked against what it now passes and expects. */
function isBroken(
  now: Manifest,
  before: readonly Manifest[],
  broken: SymbolBreak,
  after: readonly Manifest[],
): boolean {
  if (broken.what === 'export') return isImporterBroken(now, broken, after);
  const uses = usesNamed(now, broken.symbol);
  if (broken.what === 'function' || uses.length === 0) return false;
  const earlier = before.find(isNamed(now.name));
  if (earlier && isSameUse(uses, now, usesNamed(earlier, broken.symbol), earlier)) return true;
  const owner = after.find(({ liveFunctions }) => liveFunctions.some(({ name }) => name === broken.symbol));
  const calls = owner?.liveFunctions.find(({ name }) => name === broken.symbol)?.shape?.calls;
  // A plugin that newly names a live type was built with its newest fields.
  if (broken.what === 'live type') return broken.kind === 'removed';
  if (!owner || !calls) return true;
  return !uses.every((use) => calls.some((call) => isFit(use, now, call, owner)));
}

/**
 * Checks an import against the signature in the importer's manifest that it was built with, regardless of the previous export.
 */
function isImporterBroken(
  { imports, types = {} }: Manifest,
  { plugin, symbol }: SymbolBreak,
  after: readonly Manifest[],
): boolean {
  const needed = imports
    .filter((one) => keyOf(one.plugin) === keyOf(plugin))
    .flatMap(({ methods }) => methods)
    .find(({ name }) => name === symbol);
  if (!needed) return false;
  const owner = after.find(isNamed(plugin));
  const exported = owner?.exports?.find(({ name }) => name === symbol);
  if (!owner || !exported) return true;
  if (!needed.shape || !exported.shape) return false;
  const is = { shape: exported.shape, types: owner.types ?? {} };
  return functionBreak({ shape: needed.shape, types }, is) !== undefined;
}

function usesNamed({ uses = [] }: Manifest, name: string): readonly UseFacts[] {
  return uses.filter((use) => use.name === name);
}

/** Returns true when a use passes and expects the same as before, wherever it is located now. */
function isSameUse(
  uses: readonly UseFacts[],
  now: Manifest,
  earlier: readonly UseFacts[],
  before: Manifest,
): boolean {
  return uses.some((use) =>
    earlier.some((one) => {
      const shapes = [use, one].map((site): Shape => siteShape(site));
      return sameShape(
        { shape: shapes[0]!, types: now.types ?? {} },
        { shape: shapes[1]!, types: before.types ?? {} },
      );
    }),
  );
}

function siteShape({ args, result = 'unknown' }: UseFacts): Shape {
  if (!args) return 'unknown';
  const elements = [...args, result].map((shape) => ({ shape }));
  return { kind: 'tuple', elements };
}

/** Returns true when a call passes what the function accepts, and expects what it returns. */
function isFit(use: UseFacts, user: Manifest, call: SignatureShape, owner: Manifest): boolean {
  if (!use.args || call.generics) return false;
  const types = owner.types ?? {};
  const userTypes = user.types ?? {};
  const passed: SignatureShape = {
    parameters: use.args.map((shape, index) => ({
      name: `arg${index}`,
      // The type of an argument passed as `any` is unknown.
      shape: shape === 'any' ? 'unknown' : shape,
    })),
    result: use.result ?? 'unknown',
  };
  const comparison = new Assignability();
  if (parameterBreak({ call, types }, { call: passed, types: userTypes }, comparison)) return false;
  return comparison.assignable({ shape: call.result, types }, { shape: passed.result, types: userTypes });
}
