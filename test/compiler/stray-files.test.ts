import { expect, test } from 'vitest';
import { remarksOn } from '../../lib/cli/output.js';
import { BuildSession } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

test('a file beside plugin folders is named, also when the plugins are refused', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'types.ts': 'export interface Order { id: string }',
    'guardian/index.ts': 'process.exit(1);',
    'herald/index.ts': 'process.exit(1);',
  });
  const session = new BuildSession({ sources: [folder], outDir: `${folder}/out`, typecheck: false });
  const reports = await session.check();
  await session.close();
  expect(reports.map(({ state }) => state)).toEqual(['refused', 'refused']);
  expect(reports.flatMap((report) => remarksOn(report))).toEqual([
    expect.stringContaining('types.ts lies beside plugin folders'),
  ]);
});
