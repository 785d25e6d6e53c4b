import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entryFile } from '../../../lib/compiler/app/entry-file.js';
import { tempFolder } from '../../helpers/temp-folder.js';

const server = `require('http').createServer().listen(0);`;

test.each([
  ['is run by Node', `#!/usr/bin/env node\n${server}`],
  ['hands itself to Node', `#!/bin/sh\n':' //; exec node "$0" "$@"\n${server}`],
  [
    'hands itself to Node, with flags',
    `#!/usr/bin/env sh\n":" //# ; exec node --no-warnings "$0" "$@"\n\n${server}`,
  ],
  ['is run by a Node in a folder named sh', `#!/opt/sh/bin/node\n${server}`],
])('JavaScript that %s is an entry', async (_, text) => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'serve'), text);
  expect(await entryFile(join(folder, 'serve'))).toBe(join(folder, 'serve'));
});

test.each([
  ['#!/bin/sh\nexec node server.js\n'],
  ['#!/bin/bash -e\nexec node server.js\n'],
  ['#!/usr/bin/env zsh\n: ready\nexec node server.js\n'],
])('a script of the shell is none: %j', async (text) => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'serve'), text);
  await expect(entryFile(join(folder, 'serve'))).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    option: 'entry',
  });
});

test('the root module of a plugin is none: it would serve nothing', async () => {
  const folder = await tempFolder();
  await writeFile(
    join(folder, 'index.ts'),
    `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`,
  );
  await expect(entryFile(join(folder, 'index.ts'))).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringMatching(/root module of a plugin; name the plugin's folder/),
  });
});
