import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Project, ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { check } from '../../lib/compiler/index.js';
import * as host from '../../lib/index.js';
import * as plugin from '../../lib/plugin/index.js';
import { blocksOf, pages, type PageBlock } from '../helpers/page-blocks.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const repository = resolve(import.meta.dirname, '../..');

/** Types of the names that blocks leave out, by page; all others have the type `any`. */
const omitted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/testing.md': { app: `import('liveswap/testing').MountedPlugins` },
};

/** Types of the names of liveswap that blocks use without their imports. */
const ours: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.keys(plugin).map((name) => [name, `typeof import('liveswap/plugin').${name}`]),
  ),
  ...Object.fromEntries(Object.keys(host).map((name) => [name, `typeof import('liveswap').${name}`])),
  swapper: `import('liveswap').Swapper`,
};

/** Pages whose JavaScript files a test of their own runs, which tells more than undeclared types. */
const run = new Set(
  [
    'README',
    'docs/adapters',
    'docs/recipes/host-api',
    'docs/recipes/jobs',
    'docs/recipes/moving-a-server',
  ].map((page) => `${page}.md`),
);

/** Pages whose plugins tests of their own build, with what these import from each other. */
const built = new Set(
  ['plugins', 'recipes/host-api', 'recipes/moving-a-server'].map((page) => `docs/${page}.md`),
);
const root = `\nimport { definePlugin as define } from 'liveswap/plugin';\nexport default define({});\n`;

/** Matches pages of rules, which the tests of the rules read. */
const ofRules = /^docs\/rules\/(?!README)/;
const blocks = pages.filter((page) => !ofRules.test(page)).flatMap(blocksOf);

test('the code of every page compiles, against what liveswap exports', () => {
  const code = blocks
    .filter(({ language }) => language === 'ts' || language === 'js')
    .flatMap(filesOf)
    .filter(({ language, page, text }) => language === 'ts' || !run.has(page) || !text.startsWith('// '));
  expect(code.length).toBeGreaterThan(40);
  const projects: Readonly<Record<string, Project>> = {
    ts: projectWith({ strict: true, noImplicitAny: false }),
    js: projectWith({ allowJs: true, checkJs: true, strict: false }),
  };
  const files = code.flatMap((block, index) => {
    const path = join(repository, `docs/block-${index}.${block.language}`);
    const source = projects[block.language ?? '']?.createSourceFile(path, asModule(block.text));
    return source ? [{ block, source }] : [];
  });
  // All files are looked at first, because each change of a file makes the program start over.
  const missing = files.map(({ source }) =>
    source.getPreEmitDiagnostics().flatMap((found) => missingName(found.compilerObject) ?? []),
  );
  for (const [index, { block, source }] of files.entries())
    source.addStatements(declarations(block, [...new Set(missing[index])]));
  const faults = files.flatMap(({ block, source }) =>
    source
      .getPreEmitDiagnostics()
      .filter((found) => !isForeignModule(found.compilerObject))
      .map(
        (found) => `${block.at}: ${ts.flattenDiagnosticMessageText(found.compilerObject.messageText, ' ')}`,
      ),
  );
  expect(faults).toEqual([]);
});

test('the code of plugins on every page keeps the rules', async () => {
  const ofPlugins = blocks.filter(
    ({ language, text, page }) =>
      language === 'ts' && text.includes(`from 'liveswap/plugin'`) && !built.has(page),
  );
  expect(ofPlugins.length).toBeGreaterThan(5);
  const folder = await tempFolder();
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const files = ofPlugins.flatMap((block) => pluginOf(block, `plugins/${block.at.replaceAll(/\W+/g, '-')}`));
  await writeFiles(folder, Object.fromEntries(files));

  const { plugins } = await check({ sources: [join(folder, 'plugins')], typecheck: false });
  expect(plugins).toHaveLength(ofPlugins.length);
});

/** Returns the files of a plugin made of a block, with the root module that the page leaves out. */
function pluginOf(block: PageBlock, folder: string): [string, string][] {
  const files = filesOf(block)
    .filter(({ text }) => text !== '')
    .map(({ text }): [string, string] => {
      const name = /^\/\/ \S*?([^/\s]+\.ts)$/m.exec(text)?.[1] ?? 'index.ts';
      return [
        `${folder}/${name}`,
        name !== 'index.ts' || /^export default /m.test(text) ? text : text + root,
      ];
    });
  return files.some(([path]) => path.endsWith('/index.ts'))
    ? files
    : [...files, [`${folder}/index.ts`, root]];
}

function projectWith(compilerOptions: ts.CompilerOptions): Project {
  return new Project({
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: ['node'],
      skipLibCheck: true,
      noEmit: true,
      ...compilerOptions,
    },
  });
}

/** Returns the files of a block, each of which begins with its name. */
function filesOf(block: PageBlock): PageBlock[] {
  return block.text.split(/^(?=\/\/ \S+\.[jt]s$)/m).map((text) => ({ ...block, text }));
}

/** Returns a text as a module. Statements without an export may be part of a function, and may return. */
function asModule(text: string): string {
  if (/^export /m.test(text)) return text;
  const imports = text.match(/^import .*$/gm) ?? [];
  return `${imports.join('\n')}\nexport async function block() {\n${text.replaceAll(/^import .*$/gm, '')}\n}\n`;
}

/** Codes of errors about a name that is not declared. */
const unknownName = new Set([2304, 2552, 2593, 18_004]);

function missingName({ code, messageText }: ts.Diagnostic): string | undefined {
  if (!unknownName.has(code)) return undefined;
  return /'(\w+)'/.exec(ts.flattenDiagnosticMessageText(messageText, ' '))?.[1];
}

function declarations({ page, language }: PageBlock, names: readonly string[]): string {
  const known = { ...ours, ...omitted[page] };
  const declaration = (name: string, type: string): string =>
    language === 'ts' ? `declare const ${name}: ${type};` : `/** @type {${type}} */ var ${name};`;
  return names.map((name) => declaration(name, known[name] ?? 'any')).join('\n');
}

/**
 * Returns whether a diagnostic is about a foreign module: packages of others are not installed, and files beside a block do not
 * exist.
 */
function isForeignModule({ code, messageText }: ts.Diagnostic): boolean {
  const text = ts.flattenDiagnosticMessageText(messageText, ' ');
  return (code === 2307 || code === 7016) && !/module 'liveswap/.test(text);
}
