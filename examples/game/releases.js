import { readFile, rm, writeFile } from 'node:fs/promises';

const folder = 'plugins/arena/';
const world = `${folder}world.ts`;

/** File and name of the class of the players. */
const at = { file: 'player.ts', name: 'Player' };

const readPlayer = () => readFile(folder + at.file, 'utf8');
const writePlayer = (text) => writeFile(folder + at.file, text);
const withoutUpcast = (text) => text.replace(/ {2}static upcast[^]*?\n {2}}\n/, '');

/** Gives the class another name, another file, or both; a comment tells the next version where its instances come from. */
async function moveTo({ file, name }) {
  const was = `/** @was ${at.file}#${at.name} */`;
  const text = (await readPlayer())
    .replace(/\/\*\* @was .* \*\/\n/, '')
    .replace(`export class ${at.name}`, `${was}\nexport class ${name}`);
  if (file !== at.file) await rm(folder + at.file);
  Object.assign(at, { file, name });
  await writePlayer(text);
  const imported = name === 'Player' ? name : `${name} as Player`;
  const source = await readFile(world, 'utf8');
  await writeFile(
    world,
    source.replace(
      /import { .* } from '.\/.*';\n\n/,
      `import { ${imported} } from './${file.replace('.ts', '.js')}';\n\n`,
    ),
  );
}

/** Makes each state save copies, or save none. */
async function save(isSaved) {
  const text = (await readFile(world, 'utf8')).replaceAll(', { saveMs: 10 });', ');');
  await writeFile(world, isSaved ? text.replaceAll(/(= kept\(.*)\);/g, '$1, { saveMs: 10 });') : text);
}

/** The player as it was before a release that is refused. */
let before = '';
const refused = {
  name: 'a release that cannot take the state over',
  isRefused: true,
  change: async () => {
    before = await readPlayer();
    await writePlayer(withoutUpcast(before).replace(/level = .*;/, 'level = true;'));
  },
  undo: () => writePlayer(before),
};

/** Each release changes the kept state in another way; every fifth one must be refused. */
export const kinds = [
  {
    name: 'a field is added',
    canGoBack: true,
    change: async (n) =>
      writePlayer(
        (await readPlayer()).replace('  moves = 0;\n', `  moves = 0;\n  added${n} = { at: ${n} };\n`),
      ),
  },
  {
    name: 'a field is given another type, with an upcast',
    change: async () => {
      const text = await readPlayer();
      const toText = text.includes('level = 1;');
      const [from, to, convert] = toText
        ? ['level = 1;', "level = '1';", 'String']
        : ["level = '1';", 'level = 1;', 'Number'];
      const upcast = `  static upcast(fields: Record<string, unknown>) {\n    return { ...fields, level: ${convert}(fields['level']) };\n  }\n`;
      await writePlayer(
        withoutUpcast(text).replace(from, to).replace('  constructor', `${upcast}  constructor`),
      );
    },
  },
  refused,
  {
    name: 'the class is renamed',
    change: () => moveTo({ file: at.file, name: at.name === 'Player' ? 'Fighter' : 'Player' }),
  },
  {
    name: 'fields are removed',
    canGoBack: true,
    change: async () => writePlayer((await readPlayer()).replaceAll(/ {2}added\d+ = .*\n/g, '')),
  },
  { name: 'copies are saved', thenFalls: 'with a copy', change: () => save(true) },
  {
    name: 'the class is moved to another file',
    change: () => moveTo({ file: at.file === 'player.ts' ? 'actors.ts' : 'player.ts', name: at.name }),
  },
  refused,
  { name: 'copies are not saved any more', thenFalls: 'without a copy', change: () => save(false) },
  {
    name: 'the class is renamed and moved at once',
    change: () =>
      moveTo({
        file: at.file === 'player.ts' ? 'actors.ts' : 'player.ts',
        name: at.name === 'Player' ? 'Fighter' : 'Player',
      }),
  },
];
