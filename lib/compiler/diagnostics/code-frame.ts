import { printable } from '../../core/printable.js';
import type { Excerpt, Finding } from '../rule.js';
import type { Paint } from './paint.js';

type Span = Pick<Finding, 'line' | 'column' | 'endLine' | 'endColumn'>;

const CONTEXT = 1;
const MAX_LINES = 6;

/** Returns the numbered lines of a span, with the span underlined. */
export function codeFrame({ first, lines }: Excerpt, span: Span, paint: Paint): string {
  const last = Math.min(span.endLine, span.line + MAX_LINES - 1);
  const from = Math.max(first, span.line - CONTEXT);
  const to = Math.min(first + lines.length - 1, last + CONTEXT);
  const width = String(to).length;
  const rows: string[] = [];
  for (let number = from; number <= to; number += 1) {
    const text = shown(lines[number - first] ?? '');
    const inside = number >= span.line && number <= last;
    const gutter = `${inside ? '>' : ' '} ${String(number).padStart(width)} |`;
    rows.push(`${paint('gutter', gutter)} ${text}`.trimEnd());
    if (inside)
      rows.push(`${paint('gutter', `  ${' '.repeat(width)} |`)} ${underline(text, number, span, paint)}`);
  }
  return rows.join('\n');
}

function underline(text: string, number: number, span: Span, paint: Paint): string {
  const indent = text.length - text.trimStart().length;
  const start = number === span.line ? span.column - 1 : indent;
  const end = number === span.endLine ? span.endColumn - 1 : text.length;
  return ' '.repeat(start) + paint('mark', '^'.repeat(Math.max(1, end - start)));
}

/** Returns a line as it is shown. Each character becomes exactly one, so that columns stay the same. */
function shown(line: string): string {
  return printable(line.replaceAll('\t', ' '), () => '·');
}
