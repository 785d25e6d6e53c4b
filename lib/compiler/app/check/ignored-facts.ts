import type { SourceFile } from 'ts-morph';
import type { Finding } from '../../rule.js';
import { rules } from '../../rules/index.js';
import { suppressionsIn, takeBack, wrongAmong } from '../../suppressions.js';
import { appPath } from './app-sources.js';
import type { Fate, SwapFact } from './swap-fact.js';
import { SWAP } from './swap-rule.js';

/** Rules of plugins that report the same as a fact with such a fate: a comment for one of them counts for both. */
const sameAs: Readonly<Record<Fate, readonly string[]>> = {
  lost: ['no-globals'],
  overlaps: ['no-globals', 'no-long-tasks'],
  refused: [],
  disk: ['no-long-tasks'],
  deaf: ['no-process-control'],
  stays: [],
  held: ['no-long-tasks'],
  adapted: ['no-long-tasks'],
  kept: [],
};

const ruleNames = [SWAP, ...rules.map(({ name }) => name)];
const ofApps = new Set([SWAP, ...Object.values(sameAs).flat()]);

/**
 * Removes the facts that a `// liveswap-ignore swap: <reason>` on the line before allows, or such a comment for the rule of
 * plugins that reports the same.
 *
 * @returns the other facts, and a finding for each comment that is wrong itself.
 */
export function withoutIgnored(
  name: string,
  files: readonly SourceFile[],
  facts: readonly SwapFact[],
): { readonly facts: SwapFact[]; readonly findings: Finding[] } {
  const suppressions = files
    .flatMap(({ compilerNode }) => suppressionsIn(compilerNode))
    .map((suppression) => ({ ...suppression, file: appPath(suppression.file) }));
  const { left, used } = takeBack(suppressions, facts, ({ fate }) => [SWAP, ...sameAs[fate]]);
  // Comments for rules that are about plugins alone do not count here: a file may be part of both a plugin and an app.
  const needed = suppressions.filter((one) => !ofApps.has(one.rule) && ruleNames.includes(one.rule));
  const findings = wrongAmong(suppressions, {
    plugin: name,
    used: new Set([...used, ...needed]),
    ruleNames,
  });
  return { facts: left, findings };
}
