import type { Finding } from '../rule.js';
import type { Paint } from './paint.js';

type Span = Pick<Finding, 'line' | 'column' | 'endLine' | 'endColumn'>;

const CONTEXT = 1;
const MAX_LINES = 6;

/** The lines of `source` that a span is in, numbered, the span underlined. */
export function codeFrame(source: string, span: Span, paint: Paint): string {
  const lines = source.split(/\r?\n/);
  const last = Math.min(span.endLine, span.line + MAX_LINES - 1);
  const from = Math.max(1, span.line - CONTEXT);
  const to = Math.min(lines.length, last + CONTEXT);
  const width = String(to).length;
  const rows: string[] = [];
  for (let number = from; number <= to; number += 1) {
    const text = (lines[number - 1] ?? '').replaceAll('\t', ' ');
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
