import { cp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { BuildSession, findingsOf, type Finding } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writePlugins } from '../helpers/write-plugins.js';

const repository = resolve(import.meta.dirname, '../..');

/** Code that refers to another file of the plugin; each has a finding by itself, or together with the other file. */
const additions: readonly ((other: string) => string)[] = [
  () => `export const hoard: string[] = ['ruby'];`,
  (other) =>
    `import * as far from '${other}';\nexport const fill = (): void => { (far as any).hoard.push('opal'); };`,
  (other) => `import { hoard } from '${other}';\nexport function pillage(): void { hoard.pop(); }`,
  (other) =>
    `import { hoard } from '${other}';\nexport const loot = hoard.map((gem) => gem.length) satisfies number[];`,
  () => `export function each(list: string[], visit: (item: string) => void): void { list.forEach(visit); }`,
  () =>
    `export function each(list: string[], visit: (item: string) => void): void { list.push('jade'); setTimeout(visit, 9); }`,
  (other) => `import { each } from '${other}';\nconst chest = ['gold'];\neach(chest, (coin) => coin);`,
  () => `export const leave = process.exit;`,
  (other) => `import { leave } from '${other}';\nexport const flee = (): void => { leave(3); };`,
  () => `export async function live_raid(): Promise<number> { return 3; }`,
  (other) => `import { live_raid } from '${other}';\nexport const raid = (): void => { live_raid(); };`,
  () => `export interface Spoils { readonly gem: string; readonly weight: () => number; }`,
  (other) =>
    `import type { Spoils } from '${other}';\nexport async function live_share(spoils: Spoils) { return spoils; }`,
  () =>
    `declare global { interface Array<T> { readonly plunder: T } }\nexport const gem = ['agate'].plunder;`,
  () => `export const gems = ['onyx'].plunder;`,
];

const edit = fc.record({
  kind: fc.constantFrom('add', 'add', 'add', 'drop a line', 'swap words', 'restore', 'delete'),
  /** Indexes of a file, a line, a word and an addition, which wrap around. */
  file: fc.nat(1_000),
  other: fc.nat(1_000),
  at: fc.nat(100_000),
});
type PluginEdit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never;

/** Copies one plugin, and chooses a few of its files to edit. */
async function copyOf(plugin: string) {
  const folder = await tempFolder();
  const plugins = join(repository, 'test/fixtures/plugins');
  const from = join(plugins, plugin);
  await cp(plugins, join(folder, 'plugins'), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const paths = (await readdir(from, { recursive: true })).filter((path) => path.endsWith('.ts')).sort();
  const texts = new Map<string, string>();
  for (const path of paths.filter((_, index) => index % 4 === 0)) {
    texts.set(join(folder, 'plugins', plugin, path), await readFile(join(from, path), 'utf8'));
  }
  return { source: join(folder, 'plugins', plugin), outDir: join(folder, 'out'), texts };
}

/** Edits one of the files; returns its path. */
async function apply(
  { kind, file, other, at }: PluginEdit,
  texts: ReadonlyMap<string, string>,
): Promise<string> {
  const paths = [...texts.keys()];
  const path = pick(paths, file);
  const sound = texts.get(path) as string;
  const text = await readFile(path, 'utf8').catch(() => sound);
  // Without a root module there would be no plugin.
  if (kind === 'delete' && basename(path) !== 'index.ts') await rm(path, { force: true });
  else await writeFile(path, edited(text));
  return path;

  function edited(text: string): string {
    if (kind === 'restore' || kind === 'delete') return sound;
    if (kind === 'add') return `${text}\n${pick(additions, at)(specifier(path, pick(paths, other)))}\n`;
    if (kind === 'drop a line')
      return text
        .split('\n')
        .filter((_, index, { length }) => index !== at % length)
        .join('\n');
    const words = [...text.matchAll(/\b[a-z]\w+\b/gi)];
    const { index, 0: word } = pick(words, at);
    return text.slice(0, index) + pick(words, other)[0] + text.slice(index + word.length);
  }
}

function specifier(from: string, to: string): string {
  const path = relative(join(from, '..'), to).replace(/\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}

function pick<T>(list: readonly T[], at: number): T {
  return list[at % list.length] as T;
}

async function freshFindings(options: { sources: string[]; outDir: string }): Promise<Finding[]> {
  const session = new BuildSession(options);
  try {
    return findingsOf(await session.check());
  } finally {
    await session.close();
  }
}

/**
 * Returns findings in a form to compare. Of names that files import from each other in a circle, TypeScript reports one import,
 * the first that it is asked about, and a kept session asks about the edited file first.
 */
function comparable(findings: readonly Finding[]): { readonly circles: number; readonly others: Finding[] } {
  const others = findings.filter(({ problem }) => !problem.endsWith('(TS2303)'));
  return { circles: findings.length - others.length, others };
}

const property = fc.asyncProperty(
  fc.constantFrom('arena', 'gatehouse', 'herald', 'mill', 'treasury'),
  fc.array(edit, { minLength: 5, maxLength: 5 }),
  async (plugin, edits) => {
    const { source, outDir, texts } = await copyOf(plugin);
    const options = { sources: [source], outDir };
    const session = new BuildSession(options);
    onTestFinished(() => session.close());
    await session.check();
    for (const each of edits) {
      const path = await apply(each, texts);
      const found = comparable(findingsOf(await session.check([path])));
      expect(found).toEqual(comparable(await freshFindings(options)));
    }
    await session.close();
  },
);

test('after any edits a kept session finds what a fresh one finds', async () => {
  // Shrinking a counterexample takes many times longer than finding it.
  await fc.assert(property, { numRuns: 4, endOnFailure: true });
}, 400_000);

test('a change that one file makes to a variable of another is found in the other, and gone when it is undone', async () => {
  const folder = await tempFolder();
  const plunder = join(folder, 'forge/plunder.ts');
  await writePlugins(folder, {
    forge: {
      'index.ts': `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`,
      'hoard.ts': `export const hoard: string[] = ['ruby'];\n`,
      'plunder.ts': `export const plunder = (): string => 'nothing';\n`,
    },
  });
  const session = new BuildSession({ sources: [folder], outDir: join(folder, 'out') });
  onTestFinished(() => session.close());
  const placesAfter = async (text: string): Promise<string[]> => {
    await writeFile(plunder, text);
    return findingsOf(await session.check([plunder])).map(({ file, rule }) => `${basename(file)}: ${rule}`);
  };
  await session.check();
  const taken = `import { hoard } from './hoard.js';\nexport const plunder = (): string => hoard.pop() ?? 'nothing';\n`;
  expect(await placesAfter(taken)).toEqual(['hoard.ts: no-globals']);
  expect(await placesAfter(`export const plunder = (): string => 'nothing';\n`)).toEqual([]);
});

test('a loop of two functions in two files is found, and gone when the other file has an exit, and there again without', async () => {
  const folder = await tempFolder();
  const answers = join(folder, 'forge/answers.ts');
  const answering = (exit: string): string =>
    `import { ask } from './asks.js';\nexport async function answer(): Promise<void> {\n  ${exit}\n  await ask();\n}\n`;
  await writePlugins(folder, {
    forge: {
      'index.ts': `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`,
      'answers.ts': answering(''),
      'asks.ts': `import { answer } from './answers.js';\nexport async function ask(): Promise<void> {\n  await answer();\n}\n`,
    },
  });
  const session = new BuildSession({ sources: [folder], outDir: join(folder, 'out') });
  onTestFinished(() => session.close());
  const rulesAfter = async (exit: string): Promise<string[]> => {
    await writeFile(answers, answering(exit));
    return findingsOf(await session.check([answers])).map(({ rule }) => rule);
  };
  expect(findingsOf(await session.check()).map(({ rule }) => rule)).toEqual(['no-long-tasks']);
  expect(await rulesAfter('if (Math.random() < 0.5) return;')).toEqual([]);
  expect(await rulesAfter('')).toEqual(['no-long-tasks']);
});

test('a field that is of whatever the constructor gives it is of another type in other files too when that changes', async () => {
  const folder = await tempFolder();
  const chest = join(folder, 'forge/chest.ts');
  const holding = (gem: string): string =>
    `export class Chest {\n  readonly gem;\n  constructor() {\n    this.gem = ${gem};\n  }\n}\n`;
  await writePlugins(folder, {
    forge: {
      'index.ts': `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`,
      'chest.ts': holding(`'ruby'`),
      'looter.ts': `import { Chest } from './chest.js';\nexport const loot = (): string => new Chest().gem;\n`,
    },
  });
  const session = new BuildSession({ sources: [folder], outDir: join(folder, 'out') });
  onTestFinished(() => session.close());
  const placesAfter = async (gem: string): Promise<string[]> => {
    await writeFile(chest, holding(gem));
    return findingsOf(await session.check([chest])).map(({ file, rule }) => `${basename(file)}: ${rule}`);
  };
  expect(findingsOf(await session.check())).toEqual([]);
  expect(await placesAfter('3')).toEqual(['looter.ts: types']);
  expect(await placesAfter(`'opal'`)).toEqual([]);
});
