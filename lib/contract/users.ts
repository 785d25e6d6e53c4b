import type { Manifest, UseFacts } from '../manifest/manifest.js';
import { keyOf } from '../manifest/plugin-key.js';
import type { Shape, SignatureShape } from '../manifest/shape.js';
import { Assignability } from './assignable.js';
import { functionBreak } from './function-break.js';
import { parameterBreak } from './assignable-function.js';
import { sameShape } from './same-shape.js';
import type { SymbolBreak } from './breaks.js';
import type { HostContract } from './host-contract.js';

/** Who uses something that breaks. */
export interface User {
  readonly kind: 'plugin' | 'host';
  readonly name: string;
}

/** The releases on both sides of a change, and what the host says of itself. */
export interface Sides {
  readonly before: readonly Manifest[];
  readonly after: readonly Manifest[];
  readonly host?: HostContract | undefined;
}

/** Who of the next release, and whether the host, would be broken. */
export function usersOf(broken: SymbolBreak, { before, after, host }: Sides): User[] {
  const plugins = after
    .filter((manifest) => isBroken(manifest, before.find(isNamed(manifest.name)), broken, after))
    .map(({ name }): User => ({ kind: 'plugin', name }));
  return host && usesByName(host, broken) ? [...plugins, { kind: 'host', name: host.name }] : plugins;
}

function isNamed(name: string): (manifest: Manifest) => boolean {
  return (manifest) => keyOf(manifest.name) === keyOf(name);
}

function usesByName({ uses }: HostContract, { symbol, what }: SymbolBreak): boolean {
  return (what === 'live function' || what === 'live type') && uses.some(({ name }) => name === symbol);
}

/** A plugin whose use is as it was breaks; one whose use is another is judged by what it passes and expects now. */
function isBroken(
  now: Manifest,
  earlier: Manifest | undefined,
  broken: SymbolBreak,
  after: readonly Manifest[],
): boolean {
  if (broken.what === 'export') return isImporterBroken(now, broken, after);
  const uses = usesNamed(now, broken.symbol);
  if (broken.what === 'function' || uses.length === 0) return false;
  if (earlier && isSameUse(uses, now, usesNamed(earlier, broken.symbol), earlier)) return true;
  const owner = after.find(({ liveFunctions }) => liveFunctions.some(({ name }) => name === broken.symbol));
  const calls = owner?.liveFunctions.find(({ name }) => name === broken.symbol)?.shape?.calls;
  // Who names a live type anew has been built with its newest fields in mind.
  if (broken.what === 'live type') return broken.kind === 'removed';
  if (!owner || !calls) return true;
  return !uses.every((use) => calls.some((call) => isFit(use, now, call, owner)));
}

/** What an importer was built against is in its manifest: the export has to be good for that, whatever it was before. */
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

/** Whether the same is passed and expected as before, wherever that is written now. */
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

/** Whether a call as it is written passes what the function takes, and expects what it gives. */
function isFit(use: UseFacts, user: Manifest, call: SignatureShape, owner: Manifest): boolean {
  if (!use.args || call.generics) return false;
  const types = owner.types ?? {};
  const userTypes = user.types ?? {};
  const passed: SignatureShape = {
    parameters: use.args.map((shape, index) => ({
      name: `arg${index}`,
      // Nothing is known of what is passed as `any`.
      shape: shape === 'any' ? 'unknown' : shape,
    })),
    result: use.result ?? 'unknown',
  };
  const comparison = new Assignability();
  if (parameterBreak({ call, types }, { call: passed, types: userTypes }, comparison)) return false;
  return comparison.assignable({ shape: call.result, types }, { shape: passed.result, types: userTypes });
}
