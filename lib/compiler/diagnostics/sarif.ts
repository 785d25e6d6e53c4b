import { pathToFileURL } from 'node:url';
import { checkArgument } from '../../core/check-argument.js';
import { list } from '../../core/check-options.js';
import { isWithin, relativePath } from '../../core/paths.js';
import type { Finding, Rule } from '../rule.js';
import { docsPage } from './docs-page.js';

/** Subjects of findings that are not rules. */
const otherRules = [
  { name: 'types', summary: 'Errors of the type checker.' },
  { name: 'bundle', summary: 'Code that cannot be put into one file.' },
  { name: 'imports', summary: 'Imported plugins whose name is only known at run time.' },
  { name: 'suppressions', summary: 'Suppressions that name no rule, give no reason, or are not needed.' },
];

/**
 * Formats findings as a SARIF 2.1.0 log, for code scanning; paths are relative to the working folder.
 * @throws LiveswapError `OPTION_INVALID`
 */
export function findingsAsSarif(
  findings: readonly Finding[],
  rules: readonly Rule[],
  version: string,
): object {
  checkArgument('findings', findings, list);
  checkArgument('rules', rules, list);
  const known = [...rules, ...otherRules];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'liveswap',
            semanticVersion: version,
            rules: known.map(({ name, summary }) => ruleOf(name, summary)),
          },
        },
        originalUriBaseIds: { '%SRCROOT%': { uri: pathToFileURL(`${process.cwd()}/`).href } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, known)),
      },
    ],
  };
}

function ruleOf(name: string, summary: string): object {
  const helpUri = docsPage(name);
  return { id: name, shortDescription: { text: summary }, ...(helpUri !== undefined && { helpUri }) };
}

function resultOf(finding: Finding, known: readonly { readonly name: string }[]): object {
  const { rule, problem, remedy, plugin, line, column, endLine, endColumn } = finding;
  return {
    ruleId: rule,
    ruleIndex: known.findIndex(({ name }) => name === rule),
    level: 'error',
    message: { text: [problem, remedy].filter(Boolean).join(' ') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactLocation(finding.file),
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
    properties: { plugin },
  };
}

function artifactLocation(file: string): object {
  const workingFolder = process.cwd();
  if (!isWithin(file, workingFolder)) return { uri: pathToFileURL(file).href };
  const steps = relativePath(workingFolder, file).split('/');
  return { uri: steps.map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}
