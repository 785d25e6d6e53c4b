import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { Project, ts, type SourceFile } from 'ts-morph';
import { BuildAdapters } from '../../lib/compiler/adapters/build-adapters.js';
import type { PluginSources, Rule } from '../../lib/compiler/rule.js';
import { rules } from '../../lib/compiler/rules/index.js';
import { runRules } from '../../lib/compiler/run-rules.js';
import { repository, ruleOptions } from './rule-options.js';

/** A fixture, what its markers say and what the rules and the type checker found: `index.ts:3 no-globals`. */
export interface RuleFixture {
  /** Path below the folder of the fixtures: `good/state/copies.ts`. */
  readonly title: string;
  readonly expected: readonly string[];
  readonly found: readonly string[];
  /** Findings at that line. */
  readonly problems: string;
  /** Expected texts. */
  readonly says: readonly RegExp[];
}

const fixtures = join(repository, 'test/fixtures/rules');

/** The program in which fixtures are checked: each of them is a plugin in it. */
interface Setting {
  readonly project: Project;
  /** Folder that the plugins stand in. */
  readonly plugins: string;
  readonly adapterOf: PluginSources['adapterOf'];
}

/**
 * Looks at every `.ts` file below some folders of `test/fixtures/rules`, each as a plugin of its own, all in one program. A line
 * `// file: jobs/x.ts` begins another file of that plugin; a line that is refused ends with `// refused: <rule>`, or has that
 * before it; a pattern after that is what the finding says. In a folder called like a rule, only that rule looks at them. Files in
 * its folder `around` lie around the plugins, `plugins/armory` beside them; then the sources need not be valid.
 */
export function checkFixtures(...folders: readonly string[]): RuleFixture[] {
  return checkIn(withDeclared(), folders);
}

/** The same, against packages with their own types: those that are installed in `home`, or further up. */
export function checkInstalled(home: string, ...folders: readonly string[]): RuleFixture[] {
  return checkIn(withInstalled(home), folders);
}

function checkIn(setting: Setting, folders: readonly string[]): RuleFixture[] {
  const { project } = setting;
  const paths = folders.flatMap((folder) =>
    typescriptIn(join(fixtures, folder)).filter((path) => !path.startsWith(aroundOf(folder))),
  );
  const surrounded = folders.filter((folder) => placeAround(setting, aroundOf(folder)));
  const plugins = paths.map((path) => {
    const title = relative(fixtures, path);
    const name = title.replaceAll(/[^a-z0-9]+/gi, '-');
    const rule = rules.filter((one) => title.startsWith(`${one.name}/`));
    const parts = splitFiles(readFileSync(path, 'utf8'));
    const texts = rule.length > 0 ? parts : withRoot(parts);
    const files = Object.entries(texts).map(([file, text]) =>
      project.createSourceFile(join(setting.plugins, name, file), text),
    );
    const markers = Object.entries(texts).flatMap(markersIn);
    const isValid = !surrounded.some((folder) => title.startsWith(`${folder}/`));
    return { title, name, files, markers, isValid, judges: rule.length > 0 ? rule : rules };
  });
  return plugins.map(({ title, name, files, markers, isValid, judges }) => {
    const findings = [
      ...findingsIn(setting, name, files, judges),
      ...(isValid ? typeErrorsIn(join(setting.plugins, name), files) : []),
    ];
    return {
      title,
      expected: markers.map(({ at }) => at).sort(),
      says: markers.flatMap(({ says }) => says ?? []),
      found: [...new Set(findings.map(({ at }) => at))].sort(),
      problems: findings.map(({ problem }) => problem).join('\n'),
    };
  });
}

/** Of packages, the program knows what `test/fixtures/rules/packages` declares of them. */
function withDeclared(): Setting {
  const project = new Project({
    compilerOptions: {
      ...ruleOptions,
      typeRoots: [join(repository, 'node_modules/@types')],
      paths: { ...ruleOptions.paths, ...packagePaths() },
    },
  });
  for (const path of typescriptIn(join(fixtures, 'packages'))) {
    project.createSourceFile(placeOfPackage(path), readFileSync(path, 'utf8'));
  }
  return { project, plugins: join(repository, 'plugins'), adapterOf: () => undefined };
}

function withInstalled(home: string): Setting {
  const project = new Project({
    compilerOptions: {
      ...ruleOptions,
      typeRoots: [join(home, 'node_modules/@types')],
      // As frameworks with decorators want it.
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  return {
    project,
    plugins: join(home, 'plugins'),
    adapterOf: (module, name, file) => BuildAdapters.builtin.forExport(module, name, file),
  };
}

/** Packages are told by their place, so the declarations of a fixture stand where a package would. */
function placeOfPackage(path: string): string {
  return join(repository, 'node_modules/.fixtures/node_modules', packageOf(path), 'index.d.ts');
}

function packagePaths(): Record<string, string[]> {
  const paths = typescriptIn(join(fixtures, 'packages'));
  return Object.fromEntries(paths.map((path) => [packageOf(path), [placeOfPackage(path)]]));
}

/** `@trpc__server.d.ts` declares `@trpc/server`, `drizzle-orm__node-postgres.d.ts` a part of `drizzle-orm`. */
function packageOf(path: string): string {
  return basename(path, '.d.ts').replace('__', '/');
}

function findingsIn(
  { project, plugins, adapterOf }: Setting,
  name: string,
  files: readonly SourceFile[],
  judges: readonly Rule[],
): { at: string; problem: string }[] {
  const folder = join(plugins, name);
  const root = files.find(
    (file) => file.getBaseName() === 'index.ts' && dirname(file.getFilePath()) === folder,
  );
  const own = files.filter((file) => file.getFilePath().startsWith(`${folder}/`));
  const plugin: PluginSources = {
    name,
    folder,
    files: root ? [root, ...own.filter((file) => file !== root)] : own,
    root,
    project,
    otherPlugins: new Map([['armory', join(plugins, 'armory')]]),
    adapterOf,
    livePrefix: 'live_',
  };
  return runRules(plugin, judges).map(({ file, line, rule, problem }) => ({
    at: `${relative(folder, file)}:${line} ${rule}`,
    problem,
  }));
}

function typeErrorsIn(folder: string, files: readonly SourceFile[]): { at: string; problem: string }[] {
  return files
    .flatMap((file) => file.getPreEmitDiagnostics())
    .map((diagnostic) => ({
      at: `${relative(folder, diagnostic.getSourceFile()?.getFilePath() ?? '')}:${diagnostic.getLineNumber() ?? 0} types`,
      problem: ts.flattenDiagnosticMessageText(diagnostic.compilerObject.messageText, ' '),
    }));
}

function aroundOf(folder: string): string {
  return join(fixtures, folder, 'around');
}

/** Puts the files of a folder `around` where they are meant; returns whether there are any. */
function placeAround({ project, plugins }: Setting, around: string): boolean {
  if (!existsSync(around)) return false;
  const entries = readdirSync(around, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    project.createSourceFile(join(dirname(plugins), relative(around, path)), readFileSync(path, 'utf8'));
  }
  return true;
}

function typescriptIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The files of a fixture. */
function splitFiles(text: string): Record<string, string> {
  const files: Record<string, string[]> = {};
  let path = 'index.ts';
  for (const line of text.split('\n')) {
    path = /^\/\/ file: (\S+)$/.exec(line)?.[1] ?? path;
    (files[path] ??= []).push(line);
  }
  return Object.fromEntries(Object.entries(files).map(([name, lines]) => [name, lines.join('\n')]));
}

/** With a root module that defines a plugin, unless there is one. */
function withRoot(texts: Record<string, string>): Record<string, string> {
  if (/^export default\b/m.test(texts['index.ts'] ?? '')) return texts;
  const { 'index.ts': code = '', ...others } = texts;
  const definition = "import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n";
  return { 'index.ts': definition, 'code.ts': code, ...others };
}

/** The places that the markers in a file say are refused, and what the findings say there. */
export function markersIn([file, text]: readonly [string, string]): { at: string; says?: RegExp }[] {
  return text.split('\n').flatMap((line, index) => {
    const [, before = '', rule, pattern] = /^(.*)\/\/ refused: ([\w-]+)(?: \/(.+)\/)?/.exec(line) ?? [];
    if (rule === undefined) return [];
    const at = `${file}:${before.trim() === '' ? index + 2 : index + 1} ${rule}`;
    return [pattern === undefined ? { at } : { at, says: new RegExp(pattern) }];
  });
}
