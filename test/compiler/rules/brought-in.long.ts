import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BuildSession, findingsOf } from '../../../lib/compiler/index.js';
import { markersIn } from '../../helpers/rule-fixtures.js';
import { tempFolder } from '../../helpers/temp-folder.js';
import { writeFiles } from '../../helpers/write-plugins.js';

const fixtures = join(import.meta.dirname, '../../fixtures/rules/brought-in');

/**
 * Resolves to the findings in a fixture that has its plugins in `plugins`, and those of its markers: `counter.ts:4 no-globals`.
 */
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

test('a kept session looks again when JavaScript that a plugin brings in has changed, and names it as an input', async () => {
  const folder = await tempFolder();
  const script = join(folder, 'shared/gong.js');
  await writeFiles(folder, {
    'shared/gong.js': `export const strike = () => 'dong';\n`,
    'plugins/herald/index.ts': `import { definePlugin } from 'liveswap/plugin';\nimport { strike } from '../../shared/gong.js';\nexport const live_strike = async (): Promise<string> => strike();\nexport default definePlugin({});\n`,
    'plugins/smithy/index.ts': `import { definePlugin } from 'liveswap/plugin';\nexport const bell = 'dong';\nexport default definePlugin({});\n`,
  });
  const session = new BuildSession({
    sources: [join(folder, 'plugins')],
    outDir: join(folder, 'out'),
    typecheck: false,
  });
  onTestFinished(() => session.close());
  expect(findingsOf(await session.check())).toEqual([]);
  await writeFile(script, `export const strike = () => process.exit(1);\n`);
  expect(findingsOf(await session.check([script]))).toMatchObject([
    { rule: 'no-process-control', file: script },
  ]);
  expect(session.inputs).toContain(script);
  await writeFile(
    script,
    `import { bell } from '../plugins/smithy/index.js';\nexport const strike = () => bell;\n`,
  );
  expect(findingsOf(await session.check([script]))).toMatchObject([{ rule: 'no-cross-imports' }]);
  expect(session.inputs).toContain(script);
});
