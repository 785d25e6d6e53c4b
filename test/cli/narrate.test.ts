import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileNames } from '../../lib/cli/dev/narrate.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

test('with a save no file is named that an editor has made and deleted meanwhile', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'call.ts': '' });
  expect(fileNames([join(folder, '4913'), join(folder, 'call.ts'), join(folder, 'call.ts~')])).toMatch(
    /^[^,]*call\.ts$/,
  );
});

test('what was deleted is named, and of many files the first', () => {
  expect(fileNames(['plugins/gone.ts'])).toBe('plugins/gone.ts');
  expect(fileNames(['a.ts', 'b.ts', 'c.ts', 'd.ts', 'e.ts'])).toBe('a.ts, b.ts, c.ts, 2 more');
});
