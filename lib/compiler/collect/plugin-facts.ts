import type { Manifest } from '../../manifest/manifest.js';
import { findingAt } from '../finding-at.js';
import type { Finding, PluginSources } from '../rule.js';
import { definitionFacts } from './definition-facts.js';
import { findImports, importFacts } from './import-facts.js';
import { liveFunctionFacts, liveTypeFacts, liveTypeNames } from './live-facts.js';
import type { LiveSymbol } from './live-symbols.js';
import { TypePrinter } from './type-printer.js';

/** The part of a manifest that is read from the sources. */
export type PluginFacts = Pick<
  Manifest,
  'liveFunctions' | 'liveTypes' | 'imports' | 'exports' | 'functions' | 'types'
>;

/** Reads the facts of a plugin from its sources; findings are of imports whose plugin is not known. */
export function pluginFacts(
  plugin: PluginSources,
  live: readonly LiveSymbol[],
): { facts: PluginFacts; findings: Finding[] } {
  const program = plugin.project.getProgram().compilerObject;
  const checker = program.getTypeChecker();
  const printer = new TypePrinter(program, liveTypeNames(live));
  const findings: Finding[] = [];
  const imports = findImports(plugin, (node, problem, remedy) =>
    findings.push(findingAt(node, 'imports', plugin.name, problem, remedy)),
  );
  const facts = {
    liveFunctions: liveFunctionFacts(plugin.folder, live, printer),
    liveTypes: liveTypeFacts(plugin.folder, live, checker, printer),
    imports: importFacts(plugin, imports, printer),
    ...definitionFacts(plugin.root, checker, printer),
  };
  const { named } = printer;
  return { facts: named.length > 0 ? { ...facts, types: named } : facts, findings };
}
