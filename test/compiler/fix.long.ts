import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { applyFixes, BuildSession, findingsOf } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const repository = resolve(import.meta.dirname, '../..');

const broken = {
  'guardian/index.ts': `import { definePlugin } from 'liveswap/plugin';
import { feed } from './feed.js';
import { seats, settings } from './seats.js';

export async function live_say(text: string): Promise<number> {
  feed.send(text);
  seats.set(text, seats.size);
  settings.names.push(text);
  return [{ feed }].length;
}
export default definePlugin({ onLoad: () => void feed.on('open', () => console.log('open')) });
`,
  'guardian/feed.ts': `import { WebSocket } from 'ws';

export const feed = new WebSocket('wss://prices.example');
`,
  // One of these has a listener at module level, one is a part of something, and one is filled: they stay as they are.
  'guardian/other.ts': `import { WebSocket } from 'ws';

const early = new WebSocket('wss://early.example');
early.on('error', console.error);
const parts = { late: new WebSocket('wss://late.example') };
export const live_parts = async (): Promise<number> => early.readyState + parts.late.readyState;
`,
  'guardian/seats.ts': `export const seats = new Map<string, number>();
export const settings: { names: string[] } = { names: [] };
`,
  // A resource that takes work is open only while the version is active, so one that onInit uses stays as it is.
  'guardian/gates.ts': `import { WebSocketServer } from 'ws';
import { definePlugin } from 'liveswap/plugin';

const front = new WebSocketServer({ port: 8080 });
const back = new WebSocketServer({ port: 8081 });
export const gates = definePlugin({
  onInit: () => open(),
  onActive: () => void front.on('connection', (socket) => socket.close()),
});
function open(): void {
  back.on('connection', (socket) => socket.close());
}
`,
  // Each thread has its own cache, and a call may begin any number of intervals: these stay.
  'guardian/watch.ts': `import { definePlugin, resource } from 'liveswap/plugin';

const seen = resource(() => new Map<string, number>());
const forget = (): void => seen().clear();
const names = ['Ned', 'Robb'];
setInterval(() => console.log(names.every((name) => name !== '')), 60_000);
setInterval(forget, 60_000);
export const watch = definePlugin({
  onInit() {
    setInterval(report, 500 * names.length);
  },
});
async function report(): Promise<void> {
  console.log('all is well');
}
export async function live_report(): Promise<void> {
  setInterval(report, 1000);
}
`,
};

test('values that are safe to wrap are wrapped, with their uses, and are no findings any more', async () => {
  const folder = await tempFolder();
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await writeFiles(folder, broken);
  const session = new BuildSession({ sources: [folder], outDir: join(folder, 'out') });
  const { fixed, files } = await applyFixes(findingsOf(await session.check()));
  expect(fixed).toHaveLength(5);

  const left = findingsOf(await session.check(files));
  await session.close();
  const textOf = (path: string): Promise<string> => readFile(join(folder, 'guardian', path), 'utf8');
  expect(await textOf('feed.ts')).toBe(`import { WebSocket } from 'ws';
import { resource } from 'liveswap/plugin';

export const feed = resource(() => new WebSocket('wss://prices.example'), (opened) => opened.close());
`);
  expect(await textOf('index.ts')).toContain(`  feed().send(text);
  seats.set(text, seats.size);
  settings.names.push(text);
  return [{ feed: feed() }].length;`);
  expect(await textOf('index.ts')).toContain(`onLoad: () => void feed().on('open'`);
  expect(await textOf('seats.ts')).toContain(`import { kept } from 'liveswap/plugin';

export const seats = kept('seats', () => new Map<string, number>());`);
  expect(await textOf('watch.ts')).toContain(
    `import { definePlugin, resource, every } from 'liveswap/plugin';`,
  );
  expect(await textOf('watch.ts')).toContain(
    `every(60_000, () => console.log(names.every((name) => name !== '')));\nsetInterval(forget, 60_000);`,
  );
  expect(await textOf('watch.ts')).toContain(`    every(500 * names.length, report);`);
  expect(await textOf('gates.ts')).toContain(
    'resource(() => new WebSocketServer({ port: 8080 }), (opened) => opened.close(), { takesWork: true });',
  );
  expect(left.map(({ file, line, rule }) => `${file.slice(folder.length)}:${line} ${rule}`)).toEqual([
    '/guardian/gates.ts:5 no-globals',
    '/guardian/other.ts:3 no-globals',
    '/guardian/other.ts:5 no-globals',
    '/guardian/seats.ts:4 no-globals',
    '/guardian/watch.ts:7 no-long-tasks',
    '/guardian/watch.ts:17 no-long-tasks',
  ]);
});

const loose = {
  'herald/index.ts': `import { type SwordApi } from '../armory/index.js';

async function tell(sword: SwordApi): Promise<void> {
  console.log(sword);
}

async function live_cry(sword: SwordApi): Promise<void> {
  tell(sword);
  void tell(sword);
  const told = [tell(sword)];
  await Promise.all(told);
}
`,
  'armory/index.ts': `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
export type SwordApi = { readonly name: string };
`,
  // Declarations that are not exported may be private on purpose, and only their author can decide.
  'lost/index.ts': `import { definePlugin } from 'liveswap/plugin';
const plugin = definePlugin({ async onFree() { later(); } });
async function later(): Promise<void> {}
function live_two(first: string): Promise<string>;
function live_two(first: number): Promise<string>;
async function live_two(first: unknown): Promise<string> {
  return String([plugin, first]);
}
void [live_two];
`,
};

test('so is what other rules refuse, where one thing alone can be meant', async () => {
  const folder = await tempFolder();
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const settings = { module: 'nodenext', types: ['node'], verbatimModuleSyntax: true, strict: true };
  await writeFiles(folder, {
    ...loose,
    'package.json': JSON.stringify({ type: 'module' }),
    'tsconfig.json': JSON.stringify({ compilerOptions: settings }),
  });
  const session = new BuildSession({ sources: [folder], outDir: join(folder, 'out') });
  let left = findingsOf(await session.check());
  // Two fixes of one file may import something at one place: one is left for the next round.
  for (const _round of [1, 2, 3]) {
    const { files } = await applyFixes(left);
    left = findingsOf(await session.check(files));
  }
  await session.close();
  expect(await readFile(join(folder, 'herald/index.ts'), 'utf8'))
    .toBe(`import type { SwordApi } from '../armory/index.js';
import { definePlugin, context } from 'liveswap/plugin';

async function tell(sword: SwordApi): Promise<void> {
  console.log(sword);
}

export async function live_cry(sword: SwordApi): Promise<void> {
  context.waitUntil(tell(sword));
  context.waitUntil(tell(sword));
  const told = [tell(sword)];
  await Promise.all(told);
}

export default definePlugin({});
`);
  expect(left.map(({ file, line, rule }) => `${file.slice(folder.length)}:${line} ${rule}`)).toEqual([
    '/lost/index.ts:1 plugin-shape',
    '/lost/index.ts:2 no-long-tasks',
    '/lost/index.ts:6 plugin-shape',
  ]);
});

test.skipIf(process.platform === 'win32')(
  'a file that is fixed keeps its byte order mark and its mode, and stays where links lead to it',
  async () => {
    const folder = await tempFolder();
    const horn = `export const blow = async () => {};\nexport const live_blow = async () => { blow(); };\n`;
    const plugin = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;
    await writeFiles(folder, {
      'horn.ts': `\uFEFF${horn}`,
      'plugins/herald/index.ts': plugin,
      'plugins/guardian/index.ts': plugin,
    });
    const links = ['herald', 'guardian'].map((name) => join(folder, 'plugins', name, 'horn.ts'));
    for (const link of links) await symlink('../../horn.ts', link);
    await chmod(join(folder, 'horn.ts'), 0o640);
    const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir: join(folder, 'out') });
    const { files } = await applyFixes(findingsOf(await session.check()));
    await session.close();
    expect([...files].sort()).toEqual([...links].sort());
    expect(await readFile(join(folder, 'horn.ts'), 'utf8')).toBe(
      `\uFEFFimport { context } from 'liveswap/plugin';\n\n${horn.replace('{ blow(); }', '{ context.waitUntil(blow()); }')}`,
    );
    expect((await stat(join(folder, 'horn.ts'))).mode & 0o777).toBe(0o640);
    for (const link of links) expect((await lstat(link)).isSymbolicLink()).toBe(true);
  },
);
