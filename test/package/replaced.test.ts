import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { runProgram } from '../helpers/run-program.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const repository = join(import.meta.dirname, '../..');
const replaced = /the package liveswap, or one that it needs, was replaced or removed .* restart the process/;

/** Makes a project in which liveswap is installed, and runs a host there that sees `installed`, the folder of the package. */
async function runInstalled(host: string): Promise<string[]> {
  const folder = await tempFolder();
  const installed = join(folder, 'node_modules/liveswap');
  await mkdir(installed, { recursive: true });
  for (const part of ['package.json', 'dist/entries', 'dist/plugin-modules', 'dist/workers'])
    await cp(join(repository, part), join(installed, part), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(installed, 'node_modules'), 'junction');
  await deploy(folder, {
    name: 'guardian',
    live: {
      live_salute: '(name) => `Hail ${name}`',
      live_die: "() => { setTimeout(() => { throw new Error('Struck') }); }",
    },
  });
  await writeFiles(folder, {
    'package.json': '{ "type": "module" }',
    'server.js':
      "import { createServer } from 'node:http';\ncreateServer((_, response) => response.end('Hail')).listen(0);\n",
    'host.js': `import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
const installed = ${JSON.stringify(installed)};
const refusal = (error) => error.message + ' ' + error.cause?.message;
${host}`,
  });
  const program = await runProgram(folder, [process.execPath, 'host.js']);
  const said = await program.line(/^said (.*)/);
  await program.ended;
  return JSON.parse(said[1] ?? '') as string[];
}

test('the threads of a host run the version of liveswap that it has loaded, when another one is installed', async () => {
  const said = await runInstalled(`import { subscribe } from 'node:diagnostics_channel';
import { Swapper } from 'liveswap';
const swapper = new Swapper('.', { standby: false });
await swapper.load();
writeFileSync(installed + '/dist/workers/thread.bundle.cjs', "throw new Error('The code of another version ran')");
const said = [String(await swapper.reload(undefined, { force: true })), await swapper.call('live_salute', 'Ada')];
const crashed = new Promise((resolve) => subscribe('liveswap', ({ event }) => event.type === 'threadCrashed' && resolve(event.type)));
await swapper.call('live_die');
said.push(await crashed, await swapper.call('live_salute', 'Ada'));
await swapper.close();
console.log('said ' + JSON.stringify(said));
`);
  expect(said).toEqual(['guardian: forced', 'Hail Ada', 'threadCrashed', 'Hail Ada']);
});

test('a host whose liveswap was removed says so, and serves on', async () => {
  const said = await runInstalled(`import { Swapper } from 'liveswap';
const swapper = new Swapper('.', { standby: false });
await swapper.load();
rmSync(installed + '/dist', { recursive: true });
const said = [await swapper.reload(undefined, { force: true }).catch(refusal), await swapper.watch().catch(refusal)];
said.push(await swapper.call('live_salute', 'Ada'));
await swapper.close();
console.log('said ' + JSON.stringify(said));
`);
  expect(said).toEqual([expect.stringMatching(replaced), expect.stringMatching(replaced), 'Hail Ada']);
});

test('a server as it is refuses to build, or to run, by another version of liveswap than the one it has loaded', async () => {
  const said = await runInstalled(`import { subscribe } from 'node:diagnostics_channel';
const builders = [];
subscribe('child_process', ({ process: child }) => builders.push(child));
const { serveApp } = await import('liveswap/app');
const app = await serveApp('server.js', { swapper: { standby: false } });
const replace = (file, from, to) => {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(file + ' has no ' + from);
  writeFileSync(file, text.replace(from, to));
};
replace('server.js', 'Hail', 'Good day');
const marked = installed + '/dist/workers/app.bundle.mjs';
const [, mark] = /ownBuild = .*"(\\w+)"/.exec(readFileSync(marked, 'utf8'));
replace(marked, mark, 'another');
const said = [await app.reload().catch(refusal)];
replace(marked, '"another"', JSON.stringify(mark));
const gone = builders.map((child) => once(child, 'exit'));
for (const child of builders) child.kill('SIGKILL');
await Promise.all(gone);
const builder = installed + '/dist/entries/compiler/remote/build-process.js';
writeFileSync(builder, readFileSync(builder, 'utf8') + '// of another version');
said.push(await app.reload().catch(refusal));
await app.close();
console.log('said ' + JSON.stringify(said));
`);
  expect(said).toEqual([expect.stringMatching(replaced), expect.stringMatching(replaced)]);
});
