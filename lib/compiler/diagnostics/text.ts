import { readFileSync } from 'node:fs';
import { checkArgument } from '../../core/check-argument.js';
import { list } from '../../core/check-options.js';
import { printable } from '../../core/printable.js';
import type { Excerpt, Finding } from '../rule.js';
import { codeFrame } from './code-frame.js';
import { canBeIgnored, docsPage } from './docs-page.js';
import { plain, type Paint } from './paint.js';
import { shownPath } from './shown-path.js';

/**
 * Formats findings as a compiler does: location, rule, problem, remedy, code, and the page with more about it.
 * @throws LiveswapError `OPTION_INVALID`
 */
export function findingsAsText(findings: readonly Finding[], paint: Paint = plain): string {
  checkArgument('findings', findings, list);
  return findings
    .map((finding) => {
      const { file, line, column, rule, problem, remedy } = finding;
      const excerpt = finding.excerpt ?? excerptOnDisk(file);
      const more = moreOn(rule);
      return [
        `${paint('place', `${printable(shownPath(file))}:${line}:${column}`)} ${paint('rule', rule)}: ${printable(problem)}`,
        ...(remedy ? [paint('remedy', `  ${printable(remedy)}`)] : []),
        ...(excerpt ? ['', codeFrame(excerpt, finding, paint)] : []),
        ...(more ? ['', paint('gutter', `  ${more}`)] : []),
        '',
      ].join('\n');
    })
    .join('\n');
}

/** Returns the number of findings, in words. @throws LiveswapError `OPTION_INVALID` */
export function countOf(findings: readonly Finding[]): string {
  checkArgument('findings', findings, list);
  const files = new Set(findings.map(({ file }) => file)).size;
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  return `${count} in ${files === 1 ? '1 file' : `${files} files`}`;
}

function moreOn(rule: string): string | undefined {
  const page = docsPage(rule);
  if (!page || !canBeIgnored(rule)) return page;
  return `${page}; where it is wrong: // liveswap-ignore ${rule}: <reason>`;
}

/** Reads the excerpt from disk, because findings of the bundler come without their text. */
function excerptOnDisk(file: string): Excerpt | undefined {
  try {
    return { first: 1, lines: readFileSync(file, 'utf8').split(/\r?\n/) };
  } catch {
    return undefined;
  }
}
