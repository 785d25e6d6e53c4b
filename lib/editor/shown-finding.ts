import { docsPage } from '../compiler/diagnostics/docs-page.js';
import { posixPath } from '../core/paths.js';
import type { Finding } from '../compiler/rule.js';
import { codeOf } from './finding-codes.js';
import type { ShownFinding } from './protocol.js';

/** Returns a finding as a language server shows it: the rule, the problem, the remedy, and the page that explains it. */
export function shownFinding(finding: Finding): ShownFinding {
  const { rule, problem, remedy, line, column, endLine, endColumn, file, fix = [] } = finding;
  const text = `${rule}: ${[problem, remedy].filter(Boolean).join(' ')}`;
  const page = docsPage(rule);
  return {
    file: posixPath(file),
    code: codeOf(rule),
    text: page === undefined ? text : `${text}\n${page}`,
    remedy,
    start: { line: line - 1, character: column - 1 },
    end: { line: endLine - 1, character: endColumn - 1 },
    fix: fix.map((edit) => ({ ...edit, file: posixPath(edit.file) })),
  };
}
