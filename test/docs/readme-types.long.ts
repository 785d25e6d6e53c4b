import { mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Project, ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { filesOfPage } from '../helpers/files-of-page.js';
import { runCommand } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const repository = resolve(import.meta.dirname, '../..');

/** Returns TypeScript's errors in hosts, by name, with the types that the build has written. */
function faultsOf(folder: string, hosts: Readonly<Record<string, string>>): Record<string, string[]> {
  const project = new Project({
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      typeRoots: [join(repository, 'node_modules/@types')],
      types: ['node'],
      skipLibCheck: true,
      noEmit: true,
      strict: true,
    },
  });
  project.addSourceFileAtPath(join(folder, 'dist/plugins/live.d.ts'));
  const sources = Object.entries(hosts).map(
    ([name, text]) => [name, project.createSourceFile(join(folder, `${name}.mts`), text)] as const,
  );
  return Object.fromEntries(
    sources.map(([name, source]) => [
      name,
      source
        .getPreEmitDiagnostics()
        .map(({ compilerObject }) => ts.flattenDiagnosticMessageText(compilerObject.messageText, ' ')),
    ]),
  );
}

test('the host of the README is typed by what its build writes: a misspelt name and a wrong argument do not compile', async () => {
  const folder = await tempFolder();
  const files = await filesOfPage('README.md');
  await writeFiles(folder, files);
  await mkdir(join(folder, 'node_modules'));
  await symlink(repository, join(folder, 'node_modules/liveswap'), 'junction');
  expect(await runCommand(folder, 'build', 'plugins', 'dist/plugins')).toMatchObject({ code: 0 });

  // A request of a server has a URL, which the types of Node leave open.
  const host = (files['server.mjs'] ?? '').replace('request.url.', 'request.url!.');
  const faults = faultsOf(folder, {
    right: host,
    misspelt: host.replace(`'live_greet'`, `'live_great'`),
    mistaken: host.replace('request.url!.slice(1)', '7'),
  });
  expect(faults).toEqual({
    right: [],
    misspelt: [expect.stringContaining('live_great')],
    mistaken: [expect.stringContaining(`'number' is not assignable`)],
  });
});
