import type { LiveFunctionFacts, LiveTypeFacts, Manifest, MethodFacts } from '../manifest/manifest.js';
import { keyOf } from '../core/plugin-key.js';
import type { ShapeTable } from '../manifest/shape.js';
import { isAssignable } from './assignable.js';
import { functionBreak } from './function-break.js';

/** Kind of symbol in a plugin that others rely on. */
export type SymbolKind = 'live function' | 'live type' | 'export' | 'function';

/** One way in which a release breaks the one it replaces, regardless of who uses it. */
export interface SymbolBreak {
  readonly symbol: string;
  readonly what: SymbolKind;
  /** The plugin that has, or had, the symbol. */
  readonly plugin: string;
  readonly kind: 'removed' | 'parameter' | 'result' | 'field';
  /** The previous type (`before`) and the new one (`after`); `absent` if there is none. */
  readonly before: string;
  readonly after: string;
  /** Name of the parameter or field. */
  readonly part?: string;
  /** Reason why the release may break it: a `@breaking` tag or an entry of `removed` that the previous release did not have. */
  readonly reason?: string;
  /** True when only an equal type would have been certain to be compatible. */
  readonly isUnsure?: true;
}

/** Returns every way in which the plugins `after` break users of the plugins `before`. */
export function breaksBetween(before: readonly Manifest[], after: readonly Manifest[]): SymbolBreak[] {
  const next = namesOf(after);
  // Most plugins of a release go on as they are: only what such a plugin alone has cannot break.
  const changed = before.filter((old) => !next.undisputed.has(old));
  if (changed.length === 0) return [];
  const live = new Set(before.flatMap(({ liveTypes }) => liveTypes.map(({ name }) => name)));
  const reasonGone = removalReasons(before, after);
  return changed.flatMap((old) => {
    const successor = next.byKey.get(keyOf(old.name));
    const gone: Gone = ({ name: symbol, signature = 'present' }, what) => ({
      symbol,
      what,
      plugin: old.name,
      kind: 'removed',
      before: signature,
      after: 'absent',
      ...reasonGone(symbol),
    });
    return [
      ...old.liveFunctions.flatMap((was): SymbolBreak[] => {
        const is = next.functions.get(was.name);
        if (!is) return [gone(was, 'live function')];
        return functionBreaks(was, old, is.facts, is.owner, 'live function', live);
      }),
      ...old.liveTypes.flatMap((was): SymbolBreak[] => {
        const is = next.types.get(was.name);
        return is ? typeBreaks(was, old, is.facts, is.owner, live) : [gone(was, 'live type')];
      }),
      ...tableBreaks(old, successor, 'export', ({ exports }) => exports, gone, live),
      ...tableBreaks(old, successor, 'function', ({ functions: table }) => table, gone, live),
    ];
  });
}

/** What the plugins of a release have, by name. */
interface Names {
  readonly functions: ReadonlyMap<string, Owned<LiveFunctionFacts>>;
  readonly types: ReadonlyMap<string, Owned<LiveTypeFacts>>;
  readonly byKey: ReadonlyMap<string, Manifest>;
  /** Plugins that no other one of the release has a name in common with. */
  readonly undisputed: ReadonlySet<Manifest>;
}

/** Where each plugin was deployed alone, one release is compared with as many before it. */
const names = new WeakMap<readonly Manifest[], Names>();

function namesOf(manifests: readonly Manifest[]): Names {
  const known = names.get(manifests);
  if (known) return known;
  const functions = byName(manifests, ({ liveFunctions }) => liveFunctions);
  const types = byName(manifests, ({ liveTypes }) => liveTypes);
  const byKey = new Map(manifests.map((manifest) => [keyOf(manifest.name), manifest]));
  const isUndisputed = (one: Manifest): boolean =>
    byKey.get(keyOf(one.name)) === one &&
    one.liveFunctions.every((facts) => functions.get(facts.name)?.facts === facts) &&
    one.liveTypes.every((facts) => types.get(facts.name)?.facts === facts);
  const found = { functions, types, byKey, undisputed: new Set(manifests.filter(isUndisputed)) };
  names.set(manifests, found);
  return found;
}

type Gone = (was: { readonly name: string; readonly signature?: string }, what: SymbolKind) => SymbolBreak;

interface Owned<Facts> {
  readonly facts: Facts;
  readonly owner: Manifest;
}

function byName<Facts extends { readonly name: string }>(
  manifests: readonly Manifest[],
  factsOf: (manifest: Manifest) => readonly Facts[],
): Map<string, Owned<Facts>> {
  return new Map(
    manifests.flatMap((owner) => factsOf(owner).map((facts) => [facts.name, { facts, owner }] as const)),
  );
}

/** Returns the new reasons for removals: an entry that the previous release already had permits nothing. */
function removalReasons(
  before: readonly Manifest[],
  after: readonly Manifest[],
): (symbol: string) => { readonly reason?: string } {
  const known = new Set(before.flatMap(({ removed = {} }) => Object.keys(removed)));
  const reasons = new Map(after.flatMap(({ removed = {} }) => Object.entries(removed)));
  return (symbol) => {
    const reason = known.has(symbol) ? undefined : reasons.get(symbol);
    return reason === undefined ? {} : { reason };
  };
}

function reasonOf(
  was: { readonly breaking?: string },
  is: { readonly breaking?: string },
): { readonly reason?: string } {
  return is.breaking === undefined || is.breaking === was.breaking ? {} : { reason: is.breaking };
}

function functionBreaks(
  was: LiveFunctionFacts | MethodFacts,
  old: Manifest,
  is: LiveFunctionFacts | MethodFacts,
  owner: Manifest,
  what: SymbolKind,
  live: ReadonlySet<string>,
): SymbolBreak[] {
  // Facts that an artifact does not state cannot be compared.
  if (was === is || !was.shape || !is.shape) return [];
  const found = functionBreak(
    { shape: was.shape, types: tableOf(old) },
    { shape: is.shape, types: tableOf(owner) },
    live,
  );
  if (!found) return [];
  const { kind, before, after, parameter, isUnsure } = found;
  return [
    {
      symbol: was.name,
      what,
      plugin: owner.name,
      kind,
      before,
      after,
      ...(parameter !== undefined && { part: parameter }),
      ...(isUnsure && { isUnsure }),
      ...reasonOf(was, is),
    },
  ];
}

/** Returns breaks of a live type. Data written as `was` must be readable as `is`; `static upcast` converts data that is not. */
function typeBreaks(
  was: LiveTypeFacts,
  old: Manifest,
  is: LiveTypeFacts,
  owner: Manifest,
  live: ReadonlySet<string>,
): SymbolBreak[] {
  const broken = (kind: SymbolBreak['kind'], part: string, before: string, after: string): SymbolBreak => ({
    symbol: was.name,
    what: 'live type',
    plugin: owner.name,
    kind,
    part,
    before,
    after,
    ...reasonOf(was, is),
  });
  if (was === is) return [];
  const handle = was.handles && !is.handles ? [broken('removed', 'handle', 'present', 'absent')] : [];
  if (is.upcasts) return handle;
  const fields = is.fields.flatMap((field): SymbolBreak[] => {
    const before = was.fields.find(({ name }) => name === field.name);
    if (!before) return field.bare ? [broken('field', field.name, 'absent', field.type)] : [];
    // An omitted field gets the default of the newest class.
    const fits = isAssignable(
      { shape: before.shape, types: tableOf(old) },
      { shape: field.shape, types: tableOf(owner) },
      live,
    );
    const isLeftOut = before.optional && field.bare === true;
    if (fits && !isLeftOut) return [];
    return [broken('field', field.name, isLeftOut ? `${before.type} or absent` : before.type, field.type)];
  });
  return [...handle, ...fields];
}

function tableBreaks(
  old: Manifest,
  next: Manifest | undefined,
  what: SymbolKind,
  tableFacts: (manifest: Manifest) => readonly MethodFacts[] | undefined,
  gone: Gone,
  live: ReadonlySet<string>,
): SymbolBreak[] {
  const now = next && tableFacts(next);
  // Exports known only at run time are checked at run time.
  if (next && !now) return [];
  return (tableFacts(old) ?? []).flatMap((was): SymbolBreak[] => {
    const is = now?.find(({ name }) => name === was.name);
    if (!next || !is) return [gone(was, what)];
    return functionBreaks(was, old, is, next, what, live);
  });
}

function tableOf({ types = {} }: Manifest): ShapeTable {
  return types;
}
