import { keyOf } from '../../core/plugin-key.js';
import { ts } from 'ts-morph';
import type { ImportFacts, MethodFacts } from '../../manifest/manifest.js';
import { relativePath } from '../../core/paths.js';
import type { PluginSources, Report } from '../rule.js';
import { isPluginFunction } from '../rules/analysis/liveswap-package.js';
import { walk } from '../rules/analysis/syntax.js';
import { methodsOf } from './definition-facts.js';
import { handleUse } from './handle-use.js';
import type { ShapeReader } from './shape-reader.js';

/** A call of `importPlugin`. */
export interface PluginImport {
  readonly plugin: string;
  readonly call: ts.CallExpression;
  /** The type of the handle, `Remote<Api>`. */
  readonly handle: ts.Type;
}

/** Returns every `importPlugin` call of a plugin, under any alias, and reports calls whose plugin name is unknown. */
export function findImports(plugin: PluginSources, report: Report): PluginImport[] {
  if (!plugin.files.some((file) => file.getFullText().includes('importPlugin'))) return [];
  const checker = plugin.project.getTypeChecker().compilerObject;
  const found: PluginImport[] = [];
  const note = (node: ts.Node): void => {
    if (!ts.isCallExpression(node) || node.arguments.length !== 1) return;
    if (!isPluginFunction(node.expression, 'importPlugin', plugin.project)) return;
    const [argument = node] = node.arguments;
    const type = checker.getTypeAtLocation(argument);
    if (type.isStringLiteral()) {
      found.push({ plugin: type.value, call: node, handle: checker.getTypeAtLocation(node) });
      return;
    }
    report(
      argument,
      'The name of the imported plugin is only known at run time.',
      'Write it as a string literal: the build records it as a dependency.',
    );
  };
  for (const { compilerNode } of plugin.files) walk(compilerNode, note);
  return found;
}

/** Returns the manifest's facts about imports: one entry for each plugin, with the methods that are used. */
export function importFacts(
  plugin: PluginSources,
  imports: readonly PluginImport[],
  reader: ShapeReader,
): ImportFacts[] {
  if (imports.length === 0) return [];
  const checker = plugin.project.getTypeChecker().compilerObject;
  const use = handleUse(plugin.files, new Set(imports.map(({ handle }) => handle)), checker);
  const facts = new Map<string, ImportFacts>();
  for (const { plugin: name, call, handle } of imports) {
    const key = keyOf(name);
    const used = use.get(handle) ?? new Set();
    const methods = methodsUsed(handle, used, checker, reader);
    const earlier = facts.get(key);
    const source = call.getSourceFile();
    const file = relativePath(plugin.folder, source.fileName);
    const { line } = source.getLineAndCharacterOfPosition(call.getStart(source));
    facts.set(
      key,
      earlier
        ? { ...earlier, methods: mergeMethods(earlier.methods, methods) }
        : { plugin: name, file, line: line + 1, methods },
    );
  }
  return [...facts.values()].sort((left, right) => (left.plugin < right.plugin ? -1 : 1));
}

function methodsUsed(
  handle: ts.Type,
  used: ReadonlySet<string> | 'all',
  checker: ts.TypeChecker,
  reader: ShapeReader,
): MethodFacts[] {
  // The handle's type argument has the signatures as they are written in the other plugin.
  const api = handle.aliasTypeArguments?.[0] ?? handle;
  const known = methodsOf(api, checker, reader) ?? [];
  if (used === 'all') return known;
  const byName = new Map(known.map((method) => [method.name, method]));
  return [...used].sort().map((name) => byName.get(name) ?? { name });
}

function mergeMethods(left: readonly MethodFacts[], right: readonly MethodFacts[]): MethodFacts[] {
  const merged = new Map([...left, ...right].map((method) => [method.name, method]));
  return [...merged.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}
