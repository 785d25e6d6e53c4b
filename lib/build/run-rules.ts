import { findingAt } from './finding-at.js';
import type { Finding, PluginSources, Rule } from './rule.js';

/** Runs every rule over a plugin. */
export function runRules(plugin: PluginSources, rules: readonly Rule[]): Finding[] {
  return rules.flatMap((rule) => {
    const findings: Finding[] = [];
    rule.check(plugin, (node, problem, remedy) => {
      findings.push(findingAt(node, rule.name, plugin.name, problem, remedy));
    });
    return findings;
  });
}
