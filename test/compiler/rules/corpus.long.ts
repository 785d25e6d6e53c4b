import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { BuildSession, findingsOf } from '../../../lib/compiler/index.js';
import { tempFolder } from '../../helpers/temp-folder.js';
import { writeFiles } from '../../helpers/write-plugins.js';
import { faults, type Fault } from './faults/index.js';

const repository = resolve(import.meta.dirname, '../../..');

/** Makes a copy of the plugins, with a host beside them, that can be broken. */
async function copyOfPlugins(): Promise<string> {
  const folder = await tempFolder();
  await cp(join(repository, 'test/fixtures/plugins'), join(folder, 'plugins'), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await writeFiles(folder, {
    'package.json': `{ "name": "hall", "type": "module" }`,
    'host/main.ts': `import { Swapper } from 'liveswap';\nimport { settings } from './settings.js';\nexport const hall = settings.hall;\nexport const swapper = new Swapper('dist/plugins');\n`,
    'host/settings.ts': `export const settings = { hall: 'north' };\n`,
  });
  return folder;
}

/** Resolves to the findings, as `arena/duel.ts:3 no-globals`, in order. */
async function findingsIn(
  session: BuildSession,
  folder: string,
  changed: readonly string[] = [],
): Promise<string[]> {
  const findings = findingsOf(await session.check(changed));
  return findings
    .map(({ file, line, rule }) => `${file.slice(join(folder, 'plugins/').length)}:${line} ${rule}`)
    .sort();
}

/** Resolves to the position where a fault is expected once it has been put in. */
async function expectedFrom(fault: Fault, folder: string): Promise<string> {
  const file = fault.foundIn ?? fault.file;
  const lines = (await readFile(join(folder, 'plugins', file), 'utf8')).split('\n');
  const at = lines.findIndex((line) => line.includes(fault.line));
  if (at < 0 || at !== lines.findLastIndex((line) => line.includes(fault.line))) {
    throw new Error(`Expected exactly one line with ${fault.line} in ${file}.`);
  }
  return `${file}:${at + 1} ${fault.rule}`;
}

/** Puts a fault in; returns the text as it was. */
async function breakWith(fault: Fault, folder: string): Promise<string> {
  const file = join(folder, 'plugins', fault.file);
  const sound = await readFile(file, 'utf8');
  await writeFile(file, broken(sound, fault));
  return sound;
}

function broken(text: string, { file, from, to }: Fault): string {
  if (from === undefined) return `${text}\n${to}\n`;
  if (!text.includes(from)) throw new Error(`There is no ${from} in ${file}.`);
  return text.replace(from, () => to);
}

const pluginOf = (path: string): string => path.slice(0, path.indexOf('/'));

/**
 * Returns the faults that are put in together: at most one for each plugin, so that none can hide or cause the finding of
 * another.
 */
function roundsOf(all: readonly Fault[]): Fault[][] {
  const rounds: Fault[][] = [];
  for (const fault of all) {
    const free = rounds.find((round) => round.every(({ file }) => pluginOf(file) !== pluginOf(fault.file)));
    if (free) free.push(fault);
    else rounds.push([fault]);
  }
  return rounds;
}

function titleOf(finding: string, round: readonly Fault[]): string | undefined {
  return round.find(({ file }) => pluginOf(file) === pluginOf(finding))?.title;
}

test('the rules and the type checker have nothing against plugins in the style of real ones', async () => {
  const folder = await copyOfPlugins();
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir: join(folder, 'out') });
  expect(await findingsIn(session, folder)).toEqual([]);
  await session.close();
}, 60_000);

test('each fault put into a sound plugin is found alone, by its rule, where it is', async () => {
  const folder = await copyOfPlugins();
  const session = new BuildSession({
    sources: [join(folder, 'plugins')],
    outDir: join(folder, 'out'),
    typecheck: false,
  });
  await session.check();
  const found: string[] = [];
  const wanted: string[] = [];
  let before: string[] = [];
  for (const round of roundsOf(faults)) {
    const sound = new Map<string, string>();
    for (const fault of round) {
      sound.set(join(folder, 'plugins', fault.file), await breakWith(fault, folder));
      wanted.push(`${fault.title}: ${await expectedFrom(fault, folder)}`);
    }
    const findings = await findingsIn(session, folder, [...before, ...sound.keys()]);
    found.push(...findings.map((finding) => `${titleOf(finding, round)}: ${finding}`));
    for (const [file, text] of sound) await writeFile(file, text);
    before = [...sound.keys()];
  }
  await session.close();
  expect(found.sort()).toEqual(wanted.sort());
});

test('all faults put into them at once are found, and nothing else', async () => {
  const folder = await copyOfPlugins();
  for (const fault of faults) await breakWith(fault, folder);
  const wanted = await Promise.all(faults.map((fault) => expectedFrom(fault, folder)));
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir: join(folder, 'out') });
  expect(await findingsIn(session, folder)).toEqual(wanted.sort());
  await session.close();
}, 60_000);
