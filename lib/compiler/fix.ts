import { readFile, realpath, stat } from 'node:fs/promises';
import { checkArgument } from '../core/check-argument.js';
import { list } from '../core/check-options.js';
import { writeAtomically } from '../manifest/write-atomically.js';
import type { Finding, TextEdit } from './rule.js';

/**
 * Applies the edits that findings propose, except those that overlap others: their findings show up again and can be fixed next
 * time.
 *
 * @returns the findings that were fixed, and the files that were written.
 * @throws LiveswapError `OPTION_INVALID`
 */
export async function applyFixes(
  findings: readonly Finding[],
): Promise<{ readonly fixed: readonly Finding[]; readonly files: readonly string[] }> {
  checkArgument('findings', findings, list);
  const chosen: TextEdit[] = [];
  const fixed: Finding[] = [];
  for (const finding of findings) {
    if (!finding.fix) continue;
    const real = await Promise.all(finding.fix.map(inRealFile));
    const edits = real.filter((edit) => !chosen.some((other) => isSame(edit, other)));
    if (edits.some((edit) => chosen.some((other) => overlaps(edit, other)))) continue;
    chosen.push(...edits);
    fixed.push(finding);
  }
  for (const file of new Set(chosen.map((edit) => edit.file))) {
    const edits = chosen.filter((edit) => edit.file === file);
    await edit(file, edits);
  }
  const files = fixed.flatMap(({ fix = [] }) => fix.map(({ file }) => file));
  return { fixed, files: [...new Set(files)] };
}

/** Resolves to the edit of the file that a symbolic link stands for: the link is to stay one, and there may be several. */
async function inRealFile(edit: TextEdit): Promise<TextEdit> {
  return { ...edit, file: await realpath(edit.file) };
}

async function edit(file: string, edits: readonly TextEdit[]): Promise<void> {
  const [written, { mode }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
  // The compiler counts without the byte order mark.
  const text = written.replace(/^\uFEFF/, '');
  const mark = written.slice(0, written.length - text.length);
  await writeAtomically(file, mark + edited(text, edits), { mode });
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
