import { readFile } from 'node:fs/promises';
import { writeAtomically } from '../manifest/write-atomically.js';
import type { Finding, TextEdit } from './rule.js';

/**
 * Applies the edits that findings propose, except those that overlap others: their findings show up again and can be fixed next
 * time.
 *
 * @returns the findings that were fixed, and the files that were written.
 */
export async function applyFixes(
  findings: readonly Finding[],
): Promise<{ readonly fixed: readonly Finding[]; readonly files: readonly string[] }> {
  const chosen: TextEdit[] = [];
  const fixed: Finding[] = [];
  for (const finding of findings) {
    if (!finding.fix) continue;
    const edits = finding.fix.filter((edit) => !chosen.some((other) => isSame(edit, other)));
    if (edits.some((edit) => chosen.some((other) => overlaps(edit, other)))) continue;
    chosen.push(...edits);
    fixed.push(finding);
  }
  const files = [...new Set(chosen.map(({ file }) => file))];
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    await writeAtomically(
      file,
      edited(
        text,
        chosen.filter((edit) => edit.file === file),
      ),
    );
  }
  return { fixed, files };
}

// Two findings of one file import the same function.
function isSame(one: TextEdit, other: TextEdit): boolean {
  return (
    one.file === other.file && one.start === other.start && one.end === other.end && one.text === other.text
  );
}

function overlaps(one: TextEdit, other: TextEdit): boolean {
  if (one.file !== other.file) return false;
  // Two insertions at one place would need an order.
  return (one.start < other.end && other.start < one.end) || one.start === other.start;
}

function edited(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((left, right) => right.start - left.start)
    .reduce((result, { start, end, text: by }) => result.slice(0, start) + by + result.slice(end), text);
}
