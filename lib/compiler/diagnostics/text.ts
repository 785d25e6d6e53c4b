import { readFileSync } from 'node:fs';
import type { Finding } from '../rule.js';
import { codeFrame } from './code-frame.js';
import { plain, type Paint } from './paint.js';
import { shownPath } from './shown-path.js';

/** Findings as a compiler prints them: place, rule, what is wrong, what to do, and the code. */
export function findingsAsText(findings: readonly Finding[], paint: Paint = plain): string {
  const sources = new Map<string, string | undefined>();
  return findings
    .map((finding) => {
      if (!sources.has(finding.file)) sources.set(finding.file, sourceOf(finding.file));
      const source = sources.get(finding.file);
      const { line, column, rule, problem, remedy } = finding;
      const place = `${shownPath(finding.file)}:${line}:${column}`;
      return [
        `${paint('place', place)} ${paint('rule', rule)}: ${problem}`,
        ...(remedy ? [paint('remedy', `  ${remedy}`)] : []),
        ...(source ? ['', codeFrame(source, finding, paint)] : []),
        '',
      ].join('\n');
    })
    .join('\n');
}

/** How many findings there are, in words. */
export function countOf(findings: readonly Finding[]): string {
  const files = new Set(findings.map(({ file }) => file)).size;
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  return `${count} in ${files === 1 ? '1 file' : `${files} files`}`;
}

function sourceOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
