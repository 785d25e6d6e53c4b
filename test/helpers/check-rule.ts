import { relative, resolve } from 'node:path';
import { Project, type SourceFile, type ts } from 'ts-morph';
import type { PluginSources, Rule } from '../../lib/compiler/rule.js';
import { repository, ruleOptions } from './rule-options.js';

/** Finding of a rule, with the place relative to the plugin's folder. */
export interface RuleFinding {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `jobs/x.ts:3`. */
  readonly at: string;
  /** The node's text, its first line only. */
  readonly code: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Text by path below the plugin's folder; `../armory/index.ts` is another plugin's. */
export type Sources = string | Readonly<Record<string, string>>;

export interface CheckOptions {
  readonly livePrefix?: string;
  /** True when the sources must be valid TypeScript. Default `true`. */
  readonly typecheck?: boolean;
}

const pluginsFolder = resolve(repository, 'plugins');
const folder = resolve(pluginsFolder, 'guardian');

let shared: Project | undefined;

// One project for every case of a test file: Node's own types are parsed once.
function project(): Project {
  shared ??= new Project({
    compilerOptions: { ...ruleOptions, typeRoots: [resolve(repository, 'node_modules/@types')] },
  });
  return shared;
}

/** Runs one rule over the plugin `guardian` made of `sources`; a string is its `index.ts`. */
export function checkRule(rule: Rule, sources: Sources, options: CheckOptions = {}): RuleFinding[] {
  const texts = typeof sources === 'string' ? { 'index.ts': sources } : sources;
  const created = Object.entries(texts).map(([path, text]) =>
    project().createSourceFile(resolve(folder, path), text, { overwrite: true }),
  );
  try {
    if (options.typecheck ?? true) refuseInvalid(created);
    return run(rule, created, options.livePrefix ?? 'live_');
  } finally {
    for (const file of created) file.forget();
  }
}

function run(rule: Rule, created: readonly SourceFile[], livePrefix: string): RuleFinding[] {
  const own = created.filter((file) => isOwnSource(relative(folder, file.getFilePath())));
  const root = own.find((file) => file.getFilePath() === resolve(folder, 'index.ts'));
  const plugin: PluginSources = {
    name: 'guardian',
    folder,
    files: root ? [root, ...own.filter((file) => file !== root)] : own,
    root,
    project: project(),
    otherPlugins: otherPlugins(created),
    adapterOf: () => undefined,
    livePrefix,
  };
  const findings: RuleFinding[] = [];
  rule.check(plugin, (node, problem, remedy) => findings.push({ ...placeOf(node), problem, remedy }));
  return findings;
}

function isOwnSource(path: string): boolean {
  return !path.startsWith('..') && /\.[cm]?tsx?$/.test(path);
}

function placeOf(node: ts.Node | string): Pick<RuleFinding, 'file' | 'line' | 'at' | 'code'> {
  if (typeof node === 'string') {
    const missing = relative(folder, node);
    return { file: missing, line: 1, at: `${missing}:1`, code: '' };
  }
  const source = node.getSourceFile();
  const file = relative(folder, source.fileName);
  const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  return { file, line, at: `${file}:${line}`, code: node.getText(source).split('\n', 1)[0] ?? '' };
}

function otherPlugins(created: readonly SourceFile[]): Map<string, string> {
  const names = created
    .map((file) => relative(pluginsFolder, file.getFilePath()).split('/'))
    .filter((steps) => steps.length > 1 && steps[0] !== '..' && steps[0] !== 'guardian')
    .map(([name = '']) => name);
  return new Map(names.map((name) => [name, resolve(pluginsFolder, name)]));
}

function refuseInvalid(created: readonly SourceFile[]): void {
  const diagnostics = created.flatMap((file) => file.getPreEmitDiagnostics());
  if (diagnostics.length === 0) return;
  throw new Error(
    `The fixture is not valid TypeScript:\n${project().formatDiagnosticsWithColorAndContext(diagnostics)}`,
  );
}
