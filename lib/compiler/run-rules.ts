import { findingAt } from './finding-at.js';
import type { Finding, PluginSources, Rule } from './rule.js';
import { applySuppressions } from './suppressions.js';

/** Runs every rule over a plugin, less what its suppressions allow. */
export function runRules(plugin: PluginSources, rules: readonly Rule[]): Finding[] {
  const findings = rules.flatMap((rule) => {
    const found: Finding[] = [];
    rule.check(plugin, (place, problem, remedy, fix) => {
      const finding = findingAt(place, rule.name, plugin.name, problem, remedy);
      found.push(fix ? { ...finding, fix } : finding);
    });
    return found;
  });
  return applySuppressions(
    plugin,
    findings,
    rules.map(({ name }) => name),
  );
}
