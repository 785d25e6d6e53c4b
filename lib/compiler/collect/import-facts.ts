import { keyOf } from '../../core/plugin-key.js';
import { dirname, join } from 'node:path';
import { Node, ts, type CallExpression } from 'ts-morph';
import type { ImportFacts, MethodFacts } from '../../manifest/manifest.js';
import { relativePath } from '../posix-path.js';
import { pluginTypes } from '../plugin-module.js';
import type { PluginSources, Report } from '../rule.js';
import { methodsOf } from './definition-facts.js';
import { handleUse } from './handle-use.js';
import type { ShapeReader } from './shape-reader.js';

const declaredIn = join(dirname(pluginTypes), 'import-plugin.d.ts');

/** A call of `importPlugin`. */
export interface PluginImport {
  readonly plugin: string;
  readonly call: CallExpression;
  /** The type of the handle, `Remote<Api>`. */
  readonly handle: ts.Type;
}

/** Every `importPlugin` of a plugin, whatever it is called there; reports those whose name is not known. */
export function findImports(plugin: PluginSources, report: Report): PluginImport[] {
  if (!plugin.files.some((file) => file.getFullText().includes('importPlugin'))) return [];
  const checker = plugin.project.getTypeChecker().compilerObject;
  return plugin.files.flatMap((file) =>
    callsIn(file).flatMap((call) => {
      if (!isImportPlugin(call, checker)) return [];
      const [argument] = call.getArguments();
      const type = argument && checker.getTypeAtLocation(argument.compilerNode);
      if (type?.isStringLiteral()) {
        return [{ plugin: type.value, call, handle: checker.getTypeAtLocation(call.compilerNode) }];
      }
      report(
        (argument ?? call).compilerNode,
        'The name of the imported plugin is only known when this runs.',
        'Write it as a string literal: the build records it as a dependency.',
      );
      return [];
    }),
  );
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
    const file = relativePath(plugin.folder, call.getSourceFile().getFilePath());
    facts.set(
      key,
      earlier
        ? { ...earlier, methods: mergeMethods(earlier.methods, methods) }
        : { plugin: name, file, line: call.getStartLineNumber(), methods },
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
  // The type argument of the handle has the signatures as the other plugin wrote them.
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

function callsIn(file: Node): CallExpression[] {
  const calls: CallExpression[] = [];
  file.forEachDescendant((node) => {
    if (Node.isCallExpression(node)) calls.push(node);
  });
  return calls;
}

function isImportPlugin(call: CallExpression, checker: ts.TypeChecker): boolean {
  const callee = call.compilerNode.expression;
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  if (!ts.isIdentifier(name) || call.compilerNode.arguments.length !== 1) return false;
  const symbol = checker.getSymbolAtLocation(name);
  const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (target?.declarations ?? []).some(
    (declaration) => join(declaration.getSourceFile().fileName) === declaredIn,
  );
}
