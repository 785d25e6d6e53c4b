import { readFileSync } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import type { SourceFile } from 'ts-morph';
import { nativePath } from '../core/paths.js';
import type { Finding } from './rule.js';

/** The character that a decoder inserts for invalid bytes. */
const REPLACEMENT = '\uFFFD';

/** Returns findings about files that are not in UTF-8, whose text would be changed by the build. */
export function encodingFindings(plugin: string, files: readonly SourceFile[]): Finding[] {
  return files.flatMap((file) => {
    if (!file.getFullText().includes(REPLACEMENT)) return [];
    const path = nativePath(file.getFilePath());
    const bytes = readFileSync(path);
    if (isUtf8(bytes)) return [];
    const isUtf16 = /^(fffe|feff)/.test(bytes.toString('hex', 0, 2));
    const place = isUtf16 ? { line: 1, column: 1 } : placeOf(file.getFullText());
    return [
      {
        rule: 'bundle',
        plugin,
        file: path,
        ...place,
        endLine: place.line,
        endColumn: place.column + 1,
        problem: isUtf16 ? 'This file is in UTF-16.' : 'This is not valid UTF-8; the file may be in Latin-1.',
        remedy: 'Save it in UTF-8.',
      },
    ];
  });
}

function placeOf(text: string): { line: number; column: number } {
  const before = text.slice(0, text.indexOf(REPLACEMENT)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
