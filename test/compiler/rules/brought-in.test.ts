import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BuildSession, findingsOf } from '../../../lib/compiler/index.js';
import { markersIn } from '../../helpers/rule-fixtures.js';
import { tempFolder } from '../../helpers/temp-folder.js';

const fixtures = join(import.meta.dirname, '../../fixtures/rules/brought-in');

/** What is found in a fixture that has its plugins in `plugins`, and what its markers say: `counter.ts:4 no-globals`. */
async function check(fixture: string): Promise<{ found: string[]; expected: string[] }> {
  const folder = await tempFolder();
  await cp(join(fixtures, fixture), folder, { recursive: true });
  const session = new BuildSession({
    sources: [join(folder, 'plugins')],
    outDir: join(folder, 'out'),
    typecheck: false,
  });
  const findings = findingsOf(await session.check());
  await session.close();
  const files = (await readdir(folder, { recursive: true })).filter((path) => /\.m?[jt]s$/.test(path));
  const markers = await Promise.all(
    files.map(async (file) => markersIn([file, await readFile(join(folder, file), 'utf8')])),
  );
  return {
    found: findings.map(({ file, line, rule }) => `${file.slice(folder.length + 1)}:${line} ${rule}`).sort(),
    expected: markers.flatMap((ones) => ones.map(({ at }) => at)).sort(),
  };
}

test('code that a plugin brings in is judged where it stands, JavaScript too; types, generated code and others are not', async () => {
  const { found, expected } = await check('shared');
  expect(expected).toHaveLength(4);
  expect(found).toEqual(expected);
});

test("the host's code is what the host imports, not what lies beside it", async () => {
  const { found, expected } = await check('host');
  expect(expected).toHaveLength(1);
  expect(found).toEqual(expected);
});
