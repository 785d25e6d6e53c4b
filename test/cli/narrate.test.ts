import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fileNames, narrate } from '../../lib/cli/dev/narrate.js';
import type { Watcher } from '../../lib/dev/watcher.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

test('with a save no file is named that an editor has made and deleted meanwhile', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'call.ts': '' });
  expect(fileNames([join(folder, '4913'), join(folder, 'call.ts'), join(folder, 'call.ts~')])).toMatch(
    /^[^,]*call\.ts$/,
  );
});

test('of many files the first are named', () => {
  expect(fileNames(['a.ts', 'b.ts', 'c.ts', 'd.ts', 'e.ts'])).toBe('a.ts, b.ts, c.ts, 2 more');
});

test('a temporary file that is noticed when it is gone is no save', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'call.ts': '' });
  const { printed, happen } = await listen(folder);
  happen('saved', { files: [join(folder, 'sedGqEaNU')] });
  happen('built', { reports: [], removed: [] });
  expect(printed()).toEqual([]);
  happen('saved', { files: [join(folder, 'call.ts'), join(folder, 'sedGqEaNU')] });
  happen('built', { reports: [], removed: [] });
  expect(printed()).toEqual([
    expect.stringMatching(/^saved {4}[^,]*call\.ts$/),
    expect.stringMatching(/^\d\d:\d\d:\d\d nothing to swap$/),
  ]);
});

/** Narrates what happens to a watcher, with `-v`. */
async function listen(folder: string) {
  const listeners: [type: string, listener: (event: object) => void][] = [];
  const on = (type: string, listener: (event: object) => void) => {
    listeners.push([type, listener]);
    return () => {};
  };
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  onTestFinished(() => write.mockRestore());
  const { end } = narrate(openSwapper(folder), { on } as unknown as Watcher, {
    format: 'text',
    verbose: true,
  });
  onTestFinished(end);
  return {
    printed: () => write.mock.calls.map(([text]) => String(text).trimEnd()),
    happen: (type: string, event: object) => {
      for (const [one, listener] of listeners) if (one === type) listener(event);
    },
  };
}
