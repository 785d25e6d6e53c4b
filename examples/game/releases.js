import { readFile, writeFile } from 'node:fs/promises';

const player = 'plugins/arena/player.ts';

/** Replaces text in a source file. */
async function edit(file, from, to) {
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
  await writeFile(file, text.replace(from, to));
}

/** The player as it was before a release that is refused. */
let before = '';

/** Each release changes what is kept in another way; one of them has to be refused. */
export const kinds = [
  {
    name: 'a field is added',
    canGoBack: true,
    change: (n) => edit(player, '  moves = 0;\n', `  moves = 0;\n  added${n} = { at: ${n} };\n`),
  },
  {
    name: 'a field is given another type, with an upcast',
    change: async () => {
      const text = await readFile(player, 'utf8');
      const toText = text.includes('level = 1;');
      const [from, to, convert] = toText
        ? ['level = 1;', "level = '1';", 'String']
        : ["level = '1';", 'level = 1;', 'Number'];
      const upcast = `  static upcast(fields: Record<string, unknown>) {\n    return { ...fields, level: ${convert}(fields['level']) };\n  }\n`;
      const without = text.replace(/ {2}static upcast[^]*?\n {2}}\n/, '');
      await writeFile(player, without.replace(from, to).replace('  constructor', `${upcast}  constructor`));
    },
  },
  {
    name: 'a release that cannot take the state over',
    isRefused: true,
    change: async () => {
      before = await readFile(player, 'utf8');
      await writeFile(
        player,
        before.replace(/ {2}static upcast[^]*?\n {2}}\n/, '').replace(/level = .*;/, 'level = true;'),
      );
    },
    undo: () => writeFile(player, before),
  },
  {
    name: 'the class is renamed',
    change: async () => {
      const text = await readFile(player, 'utf8');
      const [, name] = /export class (\w+)/.exec(text);
      const next = name === 'Player' ? 'Fighter' : 'Player';
      const renamed = text
        .replace(/ {2}@was .*\n|\/\*\* @was .* \*\/\n/, '')
        .replace('export class', `/** @was player.ts#${name} */\nexport class`)
        .replace(`class ${name}`, `class ${next}`);
      await writeFile(player, renamed);
      await edit(
        'plugins/arena/world.ts',
        /import { .* } from '.\/player.js';/.exec(await readFile('plugins/arena/world.ts', 'utf8'))[0],
        `import { ${next} as Player } from './player.js';`,
      );
    },
  },
  {
    name: 'fields are removed',
    canGoBack: true,
    change: async () => {
      const text = await readFile(player, 'utf8');
      await writeFile(player, text.replaceAll(/ {2}added\d+ = .*\n/g, ''));
    },
  },
];
