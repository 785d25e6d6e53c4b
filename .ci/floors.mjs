// The floors of lib/: which folder may import which, and which folder alone may import a package. Writes them into
// .oxlintrc.json, where the linter and editors read them. `--check` fails when that file differs, when a folder may import one
// that it does not import, when a comment suppresses a floor or the rule against circles, or when the graph or the table of
// folders in docs/architecture.md differs.
import { readdir, readFile, writeFile } from 'node:fs/promises';

/** Each folder, from the lowest up, with the folders below it that it may import. */
const floors = {
  core: '',
  manifest: 'core',
  contract: 'core manifest',
  link: 'core',
  dispatch: 'core',
  observe: 'core',
  pool: 'core',
  control: 'core',
  files: 'core manifest',
  sockets: 'core',
  'live-data': 'core manifest',
  kept: 'core manifest live-data',
  plugin: 'core live-data kept',
  adapters: 'core plugin',
  stores: 'core adapters plugin',
  surface: 'core manifest link dispatch live-data kept plugin',
  thread: 'core manifest link dispatch pool live-data kept plugin surface',
  'app-thread': 'core sockets adapters stores plugin surface',
  version: 'core manifest link dispatch observe pool live-data kept plugin surface',
  handover: 'core contract link dispatch observe plugin version',
  static: 'core manifest pool plugin thread',
  swap: 'core manifest contract link dispatch observe pool live-data plugin surface version handover static files control',
  http: 'core dispatch link live-data plugin sockets swap thread version',
  compiler: 'core adapters stores manifest contract plugin',
  editor: 'core compiler',
  admin: 'core observe swap',
  otel: 'core observe',
  testing: 'core manifest plugin static swap http compiler',
  dev: 'core manifest observe files swap compiler',
  app: 'core manifest observe sockets surface version handover swap compiler files',
  init: 'core',
  cli: 'core admin init manifest contract observe control files swap compiler dev app http',
};

/** Packages that one folder alone imports. */
const owners = {
  piscina: 'pool',
  comlink: 'link',
  'ts-morph': 'compiler',
  esbuild: 'compiler',
  chokidar: 'files',
  commander: 'cli',
  semver: 'adapters',
};

/**
 * Functions of Node that only `core/paths` imports: comparing paths as texts, or reading a URL in code as a path, goes wrong
 * where the compiler writes `C:/app` and Node `C:\\app`.
 */
const pathNames = [
  { name: 'node:path', importNames: ['relative', 'sep'] },
  { name: 'node:url', importNames: ['fileURLToPath'] },
].map((one) => ({ ...one, message: 'Take it from core/paths.' }));
/** Folders that may import these functions. Code in an app's thread reads paths and URLs as Node does. */
const likeNode = ['core', 'app-thread'];

/** Folders that have a sibling with the name of a floor: there, only a folder further up is meant. */
const namesakes = { 'compiler/remote': 'app' };

const file = new URL('../.oxlintrc.json', import.meta.url);
const config = JSON.parse(await readFile(file, 'utf8'));
const overrides = [
  ...Object.entries(floors).map(([folder, below]) => overrideFor(folder, below.split(' '))),
  ...Object.entries(namesakes).map(([folder, name]) => {
    const [floor] = folder.split('/');
    return overrideFor(floor, floors[floor].split(' '), folder, name);
  }),
];

const sources = await readSources();
const page = await readFile(new URL('../docs/architecture.md', import.meta.url), 'utf8');
const problems = [...wrongWays(), ...wrongRows(sources), ...unusedWays(sources), ...suppressions(sources)];
if (!process.argv.includes('--check')) {
  await writeFile(file, JSON.stringify({ ...config, overrides }, undefined, 2) + '\n');
} else if (JSON.stringify(config.overrides) !== JSON.stringify(overrides)) {
  problems.push('.oxlintrc.json does not hold the floors of .ci/floors.mjs: run `node .ci/floors.mjs`.');
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/** Returns each TypeScript file of lib/, with its folder and the folders from which it imports. */
async function readSources() {
  const lib = new URL('../lib/', import.meta.url);
  const names = await readdir(lib, { recursive: true });
  const paths = names.filter((one) => one.endsWith('.ts')).map((one) => one.replaceAll('\\', '/'));
  return Promise.all(
    paths.map(async (path) => {
      const file = new URL(path, lib);
      const code = await readFile(file, 'utf8');
      const specifiers = [...code.matchAll(/\b(?:from|import\()\s*'(\.[^']*)'/g)];
      const floorOf = (url) => url.href.slice(lib.href.length).split('/')[0];
      return {
        path,
        code,
        folder: floorOf(file),
        imports: specifiers.map(([, specifier]) => floorOf(new URL(specifier, file))),
      };
    }),
  );
}

/** Returns imports that are allowed and never made: they could come back unseen. */
function unusedWays(sources) {
  return Object.entries(floors).flatMap(([folder, below]) => {
    const used = new Set(sources.filter((one) => one.folder === folder).flatMap(({ imports }) => imports));
    return below
      .split(' ')
      .filter((to) => to !== '' && !used.has(to))
      .map((to) => `lib/${folder} imports nothing of lib/${to}: take it off the list in .ci/floors.mjs.`);
  });
}

/** Returns the comments that let an import past the floors, or past the rule against circles. */
function suppressions(sources) {
  return sources.flatMap(({ path, code }) =>
    Array.from(code.matchAll(/(?:ox|es)lint-disable(?:-next-line|-line)?(.*)/g), ([, rules]) => rules)
      .filter((rules) => /no-cycle|no-restricted-imports/.test(rules) || !/[\w-]\/[\w-]/.test(rules))
      .map(() => `lib/${path} suppresses the floors, or the rule against circles: no file may.`),
  );
}

/** Returns the differences of the graph, which may leave out an import to which another way leads. */
function wrongWays() {
  const [, graph = ''] = /flowchart TD\n([^`]*)/.exec(page) ?? [];
  const drawn = new Map();
  for (const [, from, to] of graph.matchAll(/^\s*(.+?) --> (.+)$/gm)) {
    for (const one of from.split(' & ')) drawn.set(one, [...(drawn.get(one) ?? []), ...to.split(' & ')]);
  }
  const reached = (from) => {
    const ways = new Set(drawn.get(from));
    for (const one of ways) for (const next of drawn.get(one) ?? []) ways.add(next);
    return ways;
  };
  const imports = Object.entries(floors).map(([from, to]) => [from, to.split(' ').filter(Boolean)]);
  return [
    ...imports.flatMap(([from, to]) => {
      const ways = reached(from);
      const missing = to.filter((one) => !ways.has(one));
      return missing.map((one) => `docs/architecture.md shows no way from ${from} to ${one}.`);
    }),
    ...[...drawn].flatMap(([from, to]) =>
      to
        .filter((one) => !floors[from]?.split(' ').includes(one))
        .map((one) => `docs/architecture.md shows a way from ${from} to ${one}, which is no import.`),
    ),
  ];
}

/** Returns a message for each name that only some of these have: the floors, the folders of lib/, the rows of the table. */
function wrongRows(sources) {
  const [, table = ''] = /\n\| folder .*\n((?:\|.*\n)+)/.exec(page) ?? [];
  const rows = Array.from(table.matchAll(/^\| `([\w-]+)`/gm), ([, row]) => row);
  const folders = sources.map(({ folder }) => folder).filter((folder) => !folder.endsWith('.ts'));
  const names = Object.keys(floors);
  const lacking = (of, where) =>
    names.filter((name) => !of.includes(name)).map((name) => `${where} lacks ${name}.`);
  const strangers = (of, where) =>
    [...new Set(of)]
      .filter((name) => !names.includes(name))
      .map((name) => `${where} has ${name}, which is no floor.`);
  return [
    [rows, 'The table of folders in docs/architecture.md'],
    [folders, 'lib/'],
  ].flatMap(([of, where]) => [...lacking(of, where), ...strangers(of, where)]);
}

function overrideFor(folder, below, where = folder, namesake) {
  const others = Object.keys(floors).filter((other) => other !== folder && !below.includes(other));
  const packages = Object.entries(owners)
    .filter(([, owner]) => owner !== folder)
    .map(([name, owner]) => ({ name, message: `Only lib/${owner} imports ${name}.` }));
  const paths = [...packages, ...(likeNode.includes(folder) ? [] : pathNames)];
  // Only a whole name after the last `../` is a floor: the `thread` in `../sockets/thread/` is none.
  const names = others.filter((other) => other !== namesake).join('|');
  const regex = `^(?:(?:\\.\\./)+(?:${names})${namesake ? `|\\.\\./\\.\\./${namesake}` : ''})/`;
  const message = `Imports point down only: ${folder} may import ${below.filter(Boolean).join(', ') || 'nothing but node:'}.`;
  return {
    files: [`lib/${where}/**/*.ts`],
    rules: { 'eslint/no-restricted-imports': ['error', { paths, patterns: [{ regex, message }] }] },
  };
}
