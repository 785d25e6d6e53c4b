import { expect, test } from 'vitest';
import { expectLiveSymbols, findLiveSymbols } from '../../lib/compiler/collect/live-symbols.js';
import { findPlugins } from '../../lib/compiler/plugin-folders.js';
import { Program } from '../../lib/compiler/program.js';
import { analyse } from '../../lib/compiler/rules/analysis/analysis.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writePlugins } from '../helpers/write-plugins.js';

/** Opens a plugin of these files in a program of its own. */
async function open(files: Record<string, string>) {
  const [folder = ''] = await writePlugins(await tempFolder(), { herald: files });
  const [plugin] = await findPlugins([folder]);
  const program = new Program(undefined, folder);
  return { folder, program, files: program.sync(plugin!, {}) };
}

const namesOf = (symbols: readonly { readonly kind: string; readonly name: string }[]): string[] =>
  symbols.map(({ kind, name }) => `${kind} ${name}`);

test('what is exported where it is declared is known to be live before there is a program', async () => {
  const { program, files } = await open({
    'index.ts': `
      export function live_sing() {}
      export async function* live_hum() {}
      export const live_call = async () => 1, Live_Horn = class {};
      export class Live_Song { text = ''; }
      export const live_tempo = 120;
      export declare function live_elsewhere(): void;
      function live_hidden() {}
      export type live_text = string;
    `,
    'default.ts': `export default function live_shout() {}`,
  });
  const expected = expectLiveSymbols(files, 'live_');
  program.declareLive(expected);
  const first = program.project.getProgram().compilerObject;

  const found = findLiveSymbols(files, 'live_');
  expect(namesOf(found)).toEqual([
    'function live_sing',
    'function live_hum',
    'function live_call',
    'type Live_Horn',
    'type Live_Song',
    'function live_shout',
  ]);
  expect(namesOf(expected)).toEqual(namesOf(found));
  expect(program.declareLive(found)).toBe(false);
  expect(program.project.getProgram().compilerObject).toBe(first);
});

test('what only its type or another line tells to be live is found in the program, which is then made again', async () => {
  const { program, files } = await open({
    'index.ts': `
      const made = <T>(value: T): T => value;
      export const live_made = made(() => 1);
      const sing = () => 2;
      export { sing as live_sing };
      export const live_typed: () => number = () => 3;
    `,
  });
  const expected = expectLiveSymbols(files, 'live_');
  expect(namesOf(expected)).toEqual([]);
  program.declareLive(expected);
  const found = findLiveSymbols(files, 'live_');
  expect(namesOf(found)).toEqual(['function live_made', 'function live_sing', 'function live_typed']);
  expect(program.declareLive(found)).toBe(true);
});

test('the imports of a file are read once for each state of its program', async () => {
  const { folder, program, files } = await open({
    'index.ts': `import './song.js';`,
    'song.ts': `export {};`,
  });
  const { memory } = analyse({
    name: 'herald',
    folder,
    files,
    root: files[0],
    project: program.project,
    otherPlugins: new Map(),
    livePrefix: 'live_',
    adapterOf: () => undefined,
  });
  const again = () => {
    throw new Error('They were forgotten.');
  };
  for (const { compilerNode } of files)
    expect(memory.recall<readonly unknown[]>('imports of code', compilerNode, again)).toHaveLength(
      compilerNode.fileName.endsWith('index.ts') ? 1 : 0,
    );
});
