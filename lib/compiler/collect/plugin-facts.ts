import type { Manifest } from '../../manifest/manifest.js';
import { findingAt } from '../finding-at.js';
import type { Finding, PluginSources } from '../rule.js';
import { definitionFacts } from './definition-facts.js';
import { findImports, importFacts } from './import-facts.js';
import { liveFunctionFacts, liveTypeFacts, liveTypeNames } from './live-facts.js';
import { liveUses } from './live-uses.js';
import type { LiveSymbol } from './live-symbols.js';
import { ShapeReader } from './shape-reader.js';
import { keptSources, type KeptSources } from './kept-facts.js';
import { keptFindings } from './kept-findings.js';
import { saysExclusive } from '../rules/analysis/plugin-definition.js';

/** The part of a manifest that is read from the sources. */
export type PluginFacts = Pick<
  Manifest,
  | 'liveFunctions'
  | 'liveTypes'
  | 'imports'
  | 'exports'
  | 'functions'
  | 'exclusive'
  | 'kept'
  | 'uses'
  | 'unknownUses'
  | 'removed'
  | 'types'
>;

/** Reads the facts of a plugin from its sources, and findings about imports of unknown plugins. */
export function pluginFacts(
  plugin: PluginSources,
  live: readonly LiveSymbol[],
): { facts: PluginFacts; findings: Finding[] } {
  const { project } = plugin;
  const checker = project.getTypeChecker().compilerObject;
  const reader = new ShapeReader(project, {
    own: liveTypeNames(live),
    prefix: plugin.livePrefix.toLowerCase(),
  });
  const findings: Finding[] = [];
  const imports = findImports(plugin, (node, problem, remedy) =>
    findings.push(findingAt(node, 'imports', plugin.name, problem, remedy)),
  );
  const kept = keptSources(plugin);
  if (kept) findings.push(...keptFindings(plugin.name, kept));
  const facts = {
    liveFunctions: liveFunctionFacts(plugin.folder, live, checker, reader),
    liveTypes: liveTypeFacts(plugin.folder, live, checker, reader),
    imports: importFacts(plugin, imports, reader),
    ...(plugin.root && definitionFacts(plugin.root, project, reader)),
    ...(isExclusive(plugin, kept) && { exclusive: true }),
    ...(kept && { kept: kept.facts }),
    ...liveUses(plugin.files, plugin.livePrefix, project, { relativeTo: plugin.folder, reader }),
  };
  const types = reader.table;
  return { facts: Object.keys(types).length > 0 ? { ...facts, types } : facts, findings };
}

/** Returns whether a plugin is exclusive. A plugin that keeps state is, too, because only one version of it can run at a time. */
function isExclusive({ root, project }: PluginSources, kept: KeptSources | undefined): boolean {
  return kept !== undefined || (root !== undefined && saysExclusive(root, project));
}
