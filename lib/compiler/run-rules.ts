import { findingAt } from './finding-at.js';
import type { Finding, PluginSources, Rule } from './rule.js';
import { judgedFiles } from './rules/analysis/analysis.js';
import { isGenerated } from './rules/analysis/generated.js';
import { javascriptOf } from './rules/javascript.js';
import { applySuppressions } from './suppressions.js';

/** Runs every rule over a plugin and the code that it brings in, and returns the findings that no suppression allows. */
export function runRules(plugin: PluginSources, rules: readonly Rule[]): Finding[] {
  const names = rules.map(({ name }) => name);
  const javascript = javascriptOf(plugin);
  const ofCode = rules.filter((rule) => rule.isAboutCode);
  return [plugin, ...(javascript ? [javascript] : [])].flatMap((sources) => {
    const findings = findingsIn(sources, sources === plugin ? rules : ofCode);
    return applySuppressions(plugin.name, judgedFiles(sources), findings, names);
  });
}

function findingsIn(plugin: PluginSources, rules: readonly Rule[]): Finding[] {
  return rules.flatMap((rule) => {
    const found: Finding[] = [];
    rule.check(plugin, (place, problem, remedy, fix) => {
      // Nobody would fix generated code.
      if (rule.isAboutCode && typeof place !== 'string' && isGenerated(place.getSourceFile())) return;
      const finding = findingAt(place, rule.name, plugin.name, problem, remedy);
      found.push(fix ? { ...finding, fix } : finding);
    });
    return found;
  });
}
