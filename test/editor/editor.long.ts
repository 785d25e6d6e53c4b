import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LanguageServer } from '../helpers/language-server.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

const counting = `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
let calls = 0;
export async function live_call() {
  calls += 1;
  return calls;
}
`;
const constant = counting.replace('let calls = 0', 'const calls = 1').replace('  calls += 1;\n', '');

const keeping = `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
const seen = new Set<string>();
export async function live_see(name: string) {
  seen.add(name);
}
`;

/** Opens a project whose tsconfig.json names the plugin with these settings. */
async function openProject(
  settings: object,
  text = counting,
): Promise<{ readonly server: LanguageServer; readonly herald: string }> {
  const folder = await tempFolder();
  await mkdir(join(folder, 'node_modules'));
  await symlink(repository, join(folder, 'node_modules/liveswap'), 'junction');
  await writeFiles(folder, {
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        strict: true,
        types: [],
        plugins: [{ name: 'liveswap/editor', ...settings }],
      },
      include: ['plugins'],
    }),
    'package.json': '{ "type": "module" }',
    'plugins/herald/index.ts': text,
  });
  return { server: new LanguageServer(folder), herald: join(folder, 'plugins/herald/index.ts') };
}

test('the editor shows findings of the rules as one types, with the page that explains each', async () => {
  const { server, herald } = await openProject({});
  server.open(herald);
  await expect
    .poll(() => server.shown(herald))
    .toEqual([
      expect.objectContaining({
        code: 97_003,
        source: 'liveswap',
        start: { line: 3, offset: 5 },
        text: expect.stringMatching(
          /^no-globals: .*\bcalls\b.*\nhttps:\/\/unpkg\.com\/liveswap\/docs\/rules\/no-globals\.md$/s,
        ) as string,
      }),
    ]);

  server.edit(herald, constant);
  await expect.poll(() => server.shown(herald)).toEqual([]);
  server.edit(herald, `${constant}process.exit(1);\n`);
  await expect.poll(() => server.shown(herald).map(({ code }) => code)).toContain(97_005);

  // After this, unsaved changes are gone, and the file on the disk counts again.
  server.close(herald);
  server.open(herald);
  await expect.poll(() => server.shown(herald).map(({ code }) => code)).toEqual([97_003]);
});

test('the editor offers the fixes of check --fix at the finding', async () => {
  const { server, herald } = await openProject({ sources: ['plugins'] }, keeping);
  server.open(herald);
  await expect.poll(() => server.shown(herald)).toHaveLength(1);
  const place = { file: herald, startLine: 3, startOffset: 7, endLine: 3, endOffset: 11 };
  const fixes = await server.request('getCodeFixes', { ...place, errorCodes: [97_003] });
  expect(fixes).toEqual([
    expect.objectContaining({
      description: expect.stringContaining('kept') as string,
      changes: [
        {
          fileName: herald,
          textChanges: expect.arrayContaining([
            expect.objectContaining({ newText: `kept('seen', () => new Set<string>())` }),
          ]) as object[],
        },
      ],
    }),
  ]);
  expect(await server.request('getSupportedCodeFixes', { file: herald })).toContain('97003');
});

test('settings that nothing can be looked at with are told in the files', async () => {
  const { server, herald } = await openProject({ sources: ['plogins'] });
  server.open(herald);
  await expect
    .poll(() => server.shown(herald))
    .toEqual([expect.objectContaining({ text: expect.stringContaining('plogins') as string })]);
});
