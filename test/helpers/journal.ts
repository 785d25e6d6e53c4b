import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Notes of the threads of plugins, in the order in which things happened. */
export interface Journal {
  /** Code of a plugin's module that gives it `note(text)`. */
  readonly code: string;
  /** Returns everything that was noted since the last call, as `plugin/thread text`. */
  take(): string[];
}

/** Opens a journal in a file of `folder`, which also gets the notes that a thread makes right before its end. */
export function openJournal(folder: string): Journal {
  const file = join(folder, 'journal.txt');
  let taken = 0;
  return {
    code: `
import { appendFileSync } from 'node:fs';
const note = (text) => appendFileSync(${JSON.stringify(file)}, \`\${context.plugin}/\${context.thread.index} \${text}\\n\`);
`,
    take() {
      if (!existsSync(file)) return [];
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(taken);
      taken += lines.length;
      return lines;
    },
  };
}

/** Returns hooks that note their names; those in `others` do something else. */
export function notedHooks(others: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    onLoad: '() => note("onLoad")',
    onInit: '() => note("onInit")',
    onFree: '() => note("onFree")',
    ...others,
  };
}
