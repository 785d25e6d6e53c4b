import { functionBreak } from '../contract/function-break.js';
import { LiveswapError } from '../core/errors.js';
import type { MethodFacts } from '../manifest/manifest.js';
import type { ShapeTable } from '../manifest/shape.js';
import { keyOf } from '../core/plugin-key.js';
import type { ArtifactFacts } from '../manifest/runnable-artifact.js';
import { dependenciesOf, inDependencyOrder } from './graph.js';

/** Way in which a plugin came into a generation. */
export type Note = StartNote | CarryNote;
/**
 * Reason why a version is started: its bytes are new, a plugin that it imports is started, it was loaded with other data, or the
 * caller forced it.
 */
export type StartNote = 'ok' | 'relinked' | 'configured' | 'forced';
export type CarryNote = 'unchanged' | 'not reloadable';

/** Facts that a plan needs about a running version. */
export interface Running {
  readonly artifact: ArtifactFacts;
  readonly reloadable: boolean;
  /** False when it was given up or is draining, and so cannot be carried over. */
  readonly usable: boolean;
  /** True when it was loaded with other data than it would be now. */
  readonly isOutdated: boolean;
}

/** Action for one plugin: start a new version, or carry the running one over. */
export type Step<New, Old> =
  | { readonly kind: 'start'; readonly note: StartNote; readonly candidate: New }
  | { readonly kind: 'carry'; readonly note: CarryNote; readonly running: Old };

/**
 * Decides what a reload does with each plugin, dependencies first. Running versions and `forced` plugins are looked up by
 * {@link keyOf}.
 * @throws LiveswapError `DEPENDENCY_UNKNOWN`, `DEPENDENCY_CYCLE`, `IMPORT_MISMATCH`, `LIVE_DUPLICATE`
 */
export function planReload<New extends ArtifactFacts, Old extends Running>(
  candidates: readonly New[],
  running: ReadonlyMap<string, Old>,
  forced: ReadonlySet<string> = new Set(),
): Step<New, Old>[] {
  const isWhole = wholeAmong(running);
  const nodes = candidates.map((candidate) => {
    const old = running.get(keyOf(candidate.manifest.name));
    const stays = old && !old.reloadable && isWhole(old);
    return { candidate, old, stays, ...factsOf(stays ? old.artifact : candidate) };
  });
  const ordered = inDependencyOrder(nodes);
  checkImports(ordered);
  checkLiveNames(ordered);
  const started = new Set<string>();
  return ordered.map((node): Step<New, Old> => {
    const { candidate, old, stays } = node;
    const key = keyOf(node.manifest.name);
    const isRelinked = dependenciesOf(node).some((dependency) => started.has(dependency));
    const why = reasonToStart(candidate, old, isRelinked, forced.has(key));
    if (old && !why) return carry(old, 'unchanged');
    if (old && stays) return carry(old, 'not reloadable');
    started.add(key);
    return { kind: 'start', note: why ?? 'ok', candidate };
  });
}

/** Returns the first reason, if any, why a version cannot continue to run. */
function reasonToStart(
  candidate: ArtifactFacts,
  old: Running | undefined,
  isRelinked: boolean,
  isForced: boolean,
): StartNote | undefined {
  if (!old?.usable || old.artifact.hash !== candidate.hash) return 'ok';
  if (isRelinked) return 'relinked';
  if (old.isOutdated) return 'configured';
  return isForced ? 'forced' : undefined;
}

function carry<Old extends Running>(running: Old, note: CarryNote): Step<never, Old> {
  return { kind: 'carry', note, running };
}

/**
 * Returns a test whether a version and all its dependencies can be carried over: a version is bound to its dependencies for life.
 * Each version is checked once, however many paths lead to it.
 */
function wholeAmong(running: ReadonlyMap<string, Running>): (version: Running) => boolean {
  const known = new Map<Running, boolean>();
  const isWhole = (version: Running): boolean => {
    let whole = known.get(version);
    if (whole === undefined) {
      const dependencies = dependenciesOf(version.artifact).map((key) => running.get(key));
      whole = version.usable && dependencies.every((dependency) => dependency && isWhole(dependency));
      known.set(version, whole);
    }
    return whole;
  };
  return isWhole;
}

function factsOf({ manifest, hash, file }: ArtifactFacts): ArtifactFacts {
  return { manifest, hash, file };
}

/** Checks that every required method is exported, and can be called with the signature it was built against. */
function checkImports(nodes: readonly ArtifactFacts[]): void {
  const byKey = new Map(nodes.map((node) => [keyOf(node.manifest.name), node]));
  for (const node of nodes) {
    for (const needed of node.manifest.imports) {
      const { exports, types } = byKey.get(keyOf(needed.plugin))?.manifest ?? {};
      if (exports) checkImport(node, needed.plugin, needed.methods, exports, types);
    }
  }
}

/** @throws LiveswapError `IMPORT_MISMATCH` */
export function checkImport(
  node: ArtifactFacts,
  dependency: string,
  needed: readonly MethodFacts[],
  exported: readonly MethodFacts[],
  types: ShapeTable = {},
): void {
  const { name: plugin } = node.manifest;
  for (const method of needed) {
    const found = exported.find((one) => one.name === method.name);
    const fields = { plugin, dependency, method: method.name, file: node.file };
    if (!found) {
      const names = exported.map((one) => one.name).join(', ') || 'nothing';
      const message = `${plugin} needs ${dependency}.${method.name}(), which ${dependency} does not export; it exports ${names}.`;
      throw new LiveswapError('IMPORT_MISMATCH', message, fields);
    }
    if (!method.shape || !found.shape) continue;
    const view = { shape: method.shape, types: node.manifest.types ?? {} };
    const broken = functionBreak(view, { shape: found.shape, types });
    if (!broken) continue;
    const message = `${plugin} was built for ${dependency}.${method.name} as ${method.signature}, but ${dependency} exports ${found.signature}; build ${plugin} again.`;
    throw new LiveswapError('IMPORT_MISMATCH', message, {
      ...fields,
      expected: method.signature,
      got: found.signature,
    });
  }
}

function checkLiveNames(nodes: readonly ArtifactFacts[]): void {
  refuseDuplicates('live function', nodes, (node) => node.manifest.liveFunctions);
  refuseDuplicates('live type', nodes, (node) => node.manifest.liveTypes);
}

function refuseDuplicates(
  what: string,
  nodes: readonly ArtifactFacts[],
  symbolsOf: (node: ArtifactFacts) => readonly { readonly name: string; readonly file: string }[],
): void {
  const owners = new Map<string, { plugin: string; file: string }>();
  for (const node of nodes) {
    const plugin = node.manifest.name;
    for (const { name, file } of symbolsOf(node)) {
      const owner = owners.get(name);
      if (owner) {
        throw new LiveswapError(
          'LIVE_DUPLICATE',
          `The ${what} ${name} is in ${owner.plugin} (${owner.file}) and in ${plugin} (${file}); rename one of them.`,
          { symbol: name, plugins: [owner.plugin, plugin], files: [owner.file, file] },
        );
      }
      owners.set(name, { plugin, file });
    }
  }
}
