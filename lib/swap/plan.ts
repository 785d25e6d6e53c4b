import { LiveswapError } from '../core/errors.js';
import type { MethodFacts } from '../manifest/manifest.js';
import { sameSignature } from '../manifest/same-signature.js';
import { dependenciesOf, inDependencyOrder, keyOf, type PluginNode } from './graph.js';

/** How a plugin came into a generation. */
export type Note = 'ok' | 'unchanged' | 'relinked' | 'not reloadable';

/** What a plan has to know of an artifact. */
export interface Candidate extends PluginNode {
  readonly hash: string;
}

/** What a plan has to know of a version that runs. */
export interface Running {
  readonly source: Candidate;
  readonly reloadable: boolean;
  /** Given up, or on its way out: it cannot be carried over. */
  readonly usable: boolean;
}

/** What becomes of one plugin: a new version is started, or the running one is carried over. */
export type Step<New extends Candidate, Old extends Running> =
  | { readonly kind: 'start'; readonly note: 'ok' | 'relinked'; readonly candidate: New }
  | { readonly kind: 'carry'; readonly note: 'unchanged' | 'not reloadable'; readonly running: Old };

/**
 * Decides what a reload does with each plugin, dependencies first.
 * @throws LiveswapError `DEPENDENCY_UNKNOWN`, `DEPENDENCY_CYCLE`, `IMPORT_MISMATCH`, `LIVE_DUPLICATE`
 */
export function planReload<New extends Candidate, Old extends Running>(
  candidates: readonly New[],
  running: ReadonlyMap<string, Old>,
): Step<New, Old>[] {
  const nodes = candidates.map((candidate) => {
    const old = running.get(keyOf(candidate));
    return old && !old.reloadable && isWhole(old, running)
      ? { old, ...facts(old.source) }
      : { candidate, old, ...facts(candidate) };
  });
  const ordered = inDependencyOrder(nodes);
  checkImports(ordered);
  checkLiveNames(ordered);
  const started = new Set<string>();
  return ordered.map((node): Step<New, Old> => {
    if (!('candidate' in node)) {
      const found = candidates.find((candidate) => keyOf(candidate) === keyOf(node));
      return carry(node.old, found?.hash === node.hash ? 'unchanged' : 'not reloadable');
    }
    const { candidate, old } = node;
    const same = old !== undefined && old.usable && old.source.hash === candidate.hash;
    if (same && !dependenciesOf(node).some((key) => started.has(key))) return carry(old, 'unchanged');
    started.add(keyOf(node));
    return { kind: 'start', note: same ? 'relinked' : 'ok', candidate };
  });
}

function carry<Old extends Running>(running: Old, note: 'unchanged' | 'not reloadable'): Step<never, Old> {
  return { kind: 'carry', note, running };
}

/** Whether it and all it depends on can be carried over: a version is bound to its dependencies for life. */
function isWhole(old: Running, running: ReadonlyMap<string, Running>): boolean {
  const dependencies = dependenciesOf(old.source).map((key) => running.get(key));
  return old.usable && dependencies.every((dependency) => dependency && isWhole(dependency, running));
}

function facts({ manifest, hash, file }: Candidate): Candidate {
  return { manifest, hash, file };
}

/** Every method that is needed is exported, with the signature it was built against. */
function checkImports(nodes: readonly PluginNode[]): void {
  const byKey = new Map(nodes.map((node) => [keyOf(node), node]));
  for (const node of nodes) {
    for (const needed of node.manifest.imports) {
      const exported = byKey.get(needed.plugin.toLowerCase())?.manifest.exports;
      if (exported) checkImport(node, needed.plugin, needed.methods, exported);
    }
  }
}

/** @throws LiveswapError `IMPORT_MISMATCH` */
export function checkImport(
  node: PluginNode,
  dependency: string,
  needed: readonly MethodFacts[],
  exported: readonly MethodFacts[],
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
    if (method.signature === undefined || found.signature === undefined) continue;
    if (sameSignature(method.signature, found.signature)) continue;
    const message = `${plugin} was built for ${dependency}.${method.name} as ${method.signature}, but ${dependency} exports ${found.signature}; build ${plugin} again.`;
    throw new LiveswapError('IMPORT_MISMATCH', message, {
      ...fields,
      expected: method.signature,
      got: found.signature,
    });
  }
}

function checkLiveNames(nodes: readonly PluginNode[]): void {
  refuseDuplicates('live function', nodes, (node) => node.manifest.liveFunctions);
  refuseDuplicates('live type', nodes, (node) => node.manifest.liveTypes);
}

function refuseDuplicates(
  what: string,
  nodes: readonly PluginNode[],
  symbolsOf: (node: PluginNode) => readonly { readonly name: string; readonly file: string }[],
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
          { name, plugins: [owner.plugin, plugin], files: [owner.file, file] },
        );
      }
      owners.set(name, { plugin, file });
    }
  }
}
