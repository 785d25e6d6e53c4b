import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { build, BuildSession, clean, type BuildOptions } from '../../lib/compiler/index.js';
import { readArtifact } from '../../lib/manifest/artifact.js';
import { VersionsFolder } from '../../lib/manifest/versions-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

type Live = { liveFunctions: Record<string, () => Promise<unknown>> };

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;
const quick = { typecheck: false, rules: false } as const;

/** Builds the plugin `herald` from files beside it, and imports its running copy from a folder that has nothing else in it. */
async function runHerald(files: Readonly<Record<string, string>>, options: Partial<BuildOptions> = {}) {
  const folder = await tempFolder();
  const { 'index.ts': code = '', ...others } = files;
  await writeFiles(join(folder, 'plugins/herald'), { 'index.ts': definition + code, ...others });
  await build({ sources: [join(folder, 'plugins')], outDir: join(folder, 'out'), ...quick, ...options });
  const server = await tempFolder();
  const copy = new VersionsFolder(server).copyOf(await readArtifact(join(folder, 'out/herald.plugin.mjs')));
  await copy.use();
  return { folder, copy: fileURLToPath(copy.url), ...((await import(copy.url)) as Live) };
}

async function findingsOf(code: string) {
  const folder = await tempFolder();
  await writeFiles(join(folder, 'plugins/herald'), { 'index.ts': definition + code });
  return build({ sources: [join(folder, 'plugins')], outDir: join(folder, 'out'), ...quick }).then(
    () => [],
    (error: { findings?: unknown[] }) => error.findings,
  );
}

test.each([
  ['new URL', `readFileSync(new URL('./page.html', import.meta.url), 'utf8')`],
  ['fileURLToPath', `readFileSync(fileURLToPath(new URL('page.html', import.meta.url)), 'utf8')`],
  ['join', `readFileSync(join(import.meta.dirname, 'page.html'), 'utf8')`],
  ['a folder in a variable', `readFileSync(join(here, 'page.html'), 'utf8')`],
  ['a name in a variable', `readFileSync(join(here, page), 'utf8')`],
  ['concatenation', `readFileSync(import.meta.dirname + '/page.html', 'utf8')`],
  ['a template', 'readFileSync(`${import.meta.dirname}/page.html`, "utf8")'],
  ['require.resolve', `readFileSync(createRequire(import.meta.url).resolve('./page.html'), 'utf8')`],
])('a file that is named beside the code goes along: %s', async (_how, expression) => {
  const { liveFunctions } = await runHerald({
    'index.ts': `
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
const here = dirname(fileURLToPath(import.meta.url));
const page = 'page.html';
export async function live_page() { return [${expression}, here, page, createRequire, join].slice(0, 1); }`,
    'page.html': '<p>Hail</p>',
  });
  await expect(liveFunctions['live_page']?.()).resolves.toEqual(['<p>Hail</p>']);
});

test('a folder that is named goes along with all that is in it, but for hidden files', async () => {
  const { copy, liveFunctions } = await runHerald({
    'index.ts': `
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
const views = join(import.meta.dirname, 'views');
export async function live_view() { return readFileSync(join(views, process.argv[99] ?? 'gate', 'open.html'), 'utf8'); }`,
    'views/gate/open.html': 'The gate is open.',
    'views/.secret': 'hush',
    'unused.html': '',
  });
  await expect(liveFunctions['live_view']?.()).resolves.toBe('The gate is open.');
  await expect(readFile(join(dirname(copy), 'views/.secret'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(readFile(join(dirname(copy), 'unused.html'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('each module knows its own place, as in the sources, and all its names for it agree', async () => {
  const { copy, liveFunctions } = await runHerald({
    'index.ts': `
export async function live_root() { return [import.meta.url, import.meta.dirname, import.meta.filename]; }`,
    'jobs/roll-call.ts': `
import { hall } from '../../../shared/hall.js';
export async function live_deep() { return [import.meta.url, import.meta.dirname, import.meta.filename, __dirname, __filename, hall]; }`,
    '../../shared/hall.ts': `export const hall = import.meta.dirname;`,
  });
  const own = dirname(copy);
  const at = (path: string) => [
    pathToFileURL(join(own, path)).href,
    dirname(join(own, path)),
    join(own, path),
  ];
  await expect(liveFunctions['live_root']?.()).resolves.toEqual(at('index.ts'));
  await expect(liveFunctions['live_deep']?.()).resolves.toEqual([
    ...at('jobs/roll-call.ts'),
    join(own, 'jobs'),
    join(own, 'jobs/roll-call.ts'),
    join(own, '../../shared'),
  ]);
  expect(own).toMatch(/[\\/]\.versions[\\/][^\\/]+[\\/]herald\.\w{8}\.\d+[\\/]plugins[\\/]herald$/);
});

test('a package reads its own files, its code included in the artifact', async () => {
  const { liveFunctions } = await runHerald({
    'index.ts': `import { sound } from 'horn';\nexport async function live_sound() { return sound(); }`,
    '../../node_modules/horn/package.json': JSON.stringify({ name: 'horn', main: 'lib/index.js' }),
    '../../node_modules/horn/lib/index.js': `'use strict';
      const { readFileSync } = require('fs');
      var folder = __dirname + '/';
      function locate(name) { return folder + name; }
      exports.sound = () => [readFileSync(locate('tune.wasm'), 'utf8'), require.resolve('../data/key.txt').slice(-12), this === undefined];`,
    '../../node_modules/horn/lib/tune.wasm': 'toot',
    '../../node_modules/horn/data/key.txt': 'C',
  });
  await expect(liveFunctions['live_sound']?.()).resolves.toEqual([
    'toot',
    join('data', 'key.txt').padStart(12, '/'),
    false,
  ]);
});

test('a require whose module only known at run time is a finding, unless esbuild can follow it', async () => {
  const made = `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n`;
  await expect(
    findingsOf(`${made}export const live_load = async (name: string) => require(name);`),
  ).resolves.toEqual([
    expect.objectContaining({
      rule: 'bundle',
      line: 5,
      problem: expect.stringContaining('only known at run time') as unknown,
    }),
  ]);
  await expect(
    findingsOf(`${made}export const live_load = async () => require('node:fs');`),
  ).resolves.toEqual([]);
});

const worker = `
import { Worker } from 'node:worker_threads';
export async function live_ask() {
  const worker = new Worker(new URL('./scribe.js', import.meta.url));
  try { return await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)); }
  finally { await worker.terminate(); }
}`;

test('the flags and the tsconfig.json of a build count for the script of a worker as for all else', async () => {
  const compilerOptions = { experimentalDecorators: true, emitDecoratorMetadata: true };
  const { liveFunctions } = await runHerald(
    {
      'tsconfig.json': JSON.stringify({ compilerOptions }),
      'index.ts': worker,
      'scribe.ts': `import { parentPort } from 'node:worker_threads';
import { context } from 'liveswap/plugin';
import song from './song.txt';
declare const HALL: string;
const seen: unknown[] = [];
(Reflect as any).metadata = (key: string, value: any) => () => void seen.push(key, value.map((one: any) => one.name));
class Horn {}
const injectable = (_target: unknown) => {};
@injectable class Scribe { constructor(readonly horn: Horn) {} }
parentPort?.postMessage([HALL, song, typeof context, typeof Scribe, ...seen]);
`,
      'song.txt': 'Hail',
    },
    { define: { HALL: 'north' }, include: /\.txt$/ },
  );
  await expect(liveFunctions['live_ask']?.()).resolves.toEqual([
    'north',
    'Hail',
    'object',
    'function',
    'design:paramtypes',
    ['Horn'],
  ]);
});

test('a path below a file is one where nothing is', async () => {
  const path = `new URL('./index.ts/page.html', import.meta.url)`;
  expect(await findingsOf(`export async function live_page() { return ${path}.href; }`)).toMatchObject([
    { problem: expect.stringContaining('There is no index.ts/page.html beside this file') as string },
  ]);
});

test('a script of a worker that cannot be bundled is a finding where that shows', async () => {
  const failure = runHerald({ 'index.ts': worker, 'scribe.ts': `import './quill.js';\n` });
  await expect(failure).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    findings: [{ rule: 'bundle', file: expect.stringContaining('scribe.ts') as string, line: 1 }],
  });
});

test('an edit of a file that goes along is another version', async () => {
  const folder = await tempFolder();
  await writeFiles(join(folder, 'plugins/herald'), {
    'index.ts': `${definition}import { readFileSync } from 'node:fs';\nexport const page = readFileSync(new URL('../../shared/page.html', import.meta.url));\n`,
  });
  await writeFiles(folder, { 'shared/page.html': 'one' });
  const session = new BuildSession({
    sources: [join(folder, 'plugins')],
    outDir: join(folder, 'out'),
    ...quick,
  });
  onTestFinished(() => session.close());
  await session.build();
  const page = join(folder, 'shared/page.html');
  expect([...session.inputs]).toContain(page);
  await writeFile(page, 'two');
  await expect(session.rebuild([page])).resolves.toMatchObject([{ state: 'built' }]);
});

test.each([
  ['a list of what is beside the code', `readdirSync(import.meta.dirname);`, 'only known at run time'],
  [
    'a name that is not known',
    'readFileSync(`${import.meta.dirname}/${process.argv[2]}.html`);',
    'only known at run time',
  ],
  [
    'a write',
    `writeFileSync(join(import.meta.dirname, 'hall.db'), '');`,
    'There is no hall.db beside this file',
  ],
])('%s is refused where it is written', async (_what, statement, problem) => {
  const findings = await findingsOf(`
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
export async function live_try() {
  ${statement}
  return [readdirSync, readFileSync, writeFileSync, join].length;
}`);
  expect(findings).toMatchObject([{ rule: 'bundle', line: 7, problem: expect.stringContaining(problem) }]);
});

test.each([
  `if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log('main');`,
  `console.log(basename(import.meta.filename));`,
  `export const require2 = createRequire(import.meta.url);`,
  `export const isThere = existsSync(join(import.meta.dirname, 'override.json'));`,
])('a module may know its place without naming files: %s', async (statement) => {
  await expect(
    findingsOf(`
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
${statement}
export const used = [existsSync, createRequire, basename, join, pathToFileURL].length;`),
  ).resolves.toEqual([]);
});

test('the same files make the same artifact', async () => {
  const files = {
    'index.ts': `${definition}export const page = new URL('./page.html', import.meta.url);\n`,
    'page.html': 'Hail',
  };
  const hashes = await Promise.all(
    [1, 2].map(async () => {
      const folder = await tempFolder();
      await writeFiles(join(folder, 'plugins/herald'), files);
      const { plugins } = await build({
        sources: [join(folder, 'plugins')],
        outDir: join(folder, 'out'),
        ...quick,
      });
      return plugins[0]?.artifact.hash;
    }),
  );
  expect(hashes[0]).toBe(hashes[1]);
});

test('linked statically, a plugin reads the files that are laid out beside the static module', async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  await writeFiles(join(folder, 'plugins/herald'), {
    'index.ts': `${definition}import { readFileSync } from 'node:fs';
export async function live_page() { return readFileSync(new URL('../../shared/page.html', import.meta.url), 'utf8'); }`,
    '../../shared/page.html': 'Hail',
  });
  const sources = [join(folder, 'plugins')];
  await build({ sources, outDir, static: true, ...quick });
  const module = (await import(pathToFileURL(join(outDir, 'static-plugins.mjs')).href)) as {
    plugins: { herald: { module: Live } };
  };
  await expect(module.plugins.herald.module.liveFunctions['live_page']?.()).resolves.toBe('Hail');
  expect(await clean(sources, outDir)).toContain(join(outDir, 'herald.files'));
});
