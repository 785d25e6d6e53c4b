import { ts, type Node, type SourceFile } from 'ts-morph';
import { hashOf } from '../../manifest/hash.js';
import type { KeptClassFacts, KeptFacts, KeptFieldFacts, KeptRootFacts } from '../../manifest/manifest.js';
import { shapeText } from '../../manifest/shape-text.js';
import type { Shape, ShapeTable } from '../../manifest/shape.js';
import { relativePath } from '../../core/paths.js';
import type { PluginSources } from '../rule.js';
import { importsFromPlugin, isPluginFunction } from '../rules/analysis/liveswap-package.js';
import { isField } from './members.js';
import { ownSources, type OwnSources } from './own-sources.js';
import { ShapeReader } from './shape-reader.js';

/** A call that keeps state. */
export interface KeptCall {
  readonly facts: KeptRootFacts;
  readonly node: Node;
}

/** A class in the plugin's own files, with its declaration. */
export interface OwnClass {
  readonly name: string;
  readonly node: ts.ClassLikeDeclaration;
  readonly instance: ts.Type;
}

/** Facts in the sources about the state that a plugin keeps. */
export interface KeptSources {
  readonly facts: KeptFacts;
  readonly calls: readonly KeptCall[];
  readonly classes: readonly OwnClass[];
}

/** Reads the state that a plugin keeps, and the classes that it may contain; `undefined` if it keeps nothing. */
export function keptSources(
  plugin: PluginSources,
  sources: readonly OwnSources[] = ownSources(plugin),
): KeptSources | undefined {
  if (!sources.some(({ files }) => keepingIn(files).length > 0)) return undefined;
  const read = sources.map(readKept);
  return {
    facts: {
      classes: read.flatMap(({ facts }) => facts.classes),
      roots: read.flatMap(({ facts }) => facts.roots),
      types: Object.assign({}, ...read.map(({ facts }) => facts.types)) as ShapeTable,
    },
    calls: read.flatMap(({ calls }) => calls),
    classes: read.flatMap(({ classes }) => classes),
  };
}

function keepingIn(files: readonly SourceFile[]): SourceFile[] {
  return files.filter((file) => importsFromPlugin(file.compilerNode, 'kept'));
}

function readKept(sources: OwnSources): KeptSources {
  const { files, folder, project, isTyped } = sources;
  const checker = project.getTypeChecker().compilerObject;
  const classes = files.flatMap((file) => classesIn(file, folder, checker));
  // The name of each class includes its file; its own facts describe its data.
  const own = new Map(classes.map(({ name, instance }) => [instance.symbol, name]));
  const reader = new ShapeReader(project, { own, prefix: '\0' });
  const names = new Set(own.values());
  const texts = (): ShapeTable =>
    Object.fromEntries(Object.entries(reader.table).filter(([name]) => !names.has(name)));
  const classFacts = classes.map((one) => factsOf(one, checker, reader, texts));
  const calls = keepingIn(files).flatMap((file) => keptCalls(file, sources, checker, reader, texts));
  if (!isTyped) return { facts: untyped(classFacts, calls), calls, classes };
  return {
    facts: { classes: classFacts, roots: calls.map(({ facts }) => facts), types: texts() },
    calls,
    classes,
  };
}

/** Returns the facts about fields that can be read from JavaScript: that they exist, and whether they have changed. */
function untyped(classes: readonly KeptClassFacts[], calls: readonly KeptCall[]): KeptFacts {
  return {
    classes: classes.map((one) => ({
      ...one,
      fields: one.fields.map((field) => ({ ...field, shape: 'any' as const })),
    })),
    roots: calls.map(({ facts }) => ({ ...facts, shape: 'any' as const })),
    types: {},
  };
}

function classesIn(file: SourceFile, folder: string, checker: ts.TypeChecker): OwnClass[] {
  const path = relativePath(folder, file.getFilePath());
  return file.compilerNode.statements.flatMap((statement): OwnClass[] => {
    if (ts.isClassDeclaration(statement) && statement.name) {
      const instance = checker.getTypeAtLocation(statement);
      return [{ name: `${path}#${statement.name.text}`, node: statement, instance }];
    }
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
      if (!ts.isIdentifier(name) || !initializer || !ts.isClassExpression(initializer)) return [];
      const [make] = checker.getTypeAtLocation(initializer).getConstructSignatures();
      return make
        ? [{ name: `${path}#${name.text}`, node: initializer, instance: make.getReturnType() }]
        : [];
    });
  });
}

function factsOf(
  { name, node, instance }: OwnClass,
  checker: ts.TypeChecker,
  reader: ShapeReader,
  table: () => ShapeTable,
): KeptClassFacts {
  const fields = instance
    .getProperties()
    .filter(isField)
    .map((field): KeptFieldFacts => {
      const optional = (field.flags & ts.SymbolFlags.Optional) !== 0;
      const shape = reader.field(checker.getTypeOfSymbol(field), optional);
      return { name: field.name, shape, ...(optional && { optional }) };
    });
  const was = ts
    .getJSDocTags(node)
    .filter(({ tagName }) => tagName.text === 'was')
    .flatMap(({ comment }) => /^\s*(\S+)/.exec(ts.getTextOfJSDocComment(comment) ?? '')?.[1] ?? []);
  const texts = fields.map((field) => `${field.name}: ${shapeText(field.shape, table())}`).sort();
  return { name, fields, fingerprint: fingerprintOf(texts.join('\n')), ...(was.length > 0 && { was }) };
}

function keptCalls(
  file: SourceFile,
  { project }: PluginSources,
  checker: ts.TypeChecker,
  reader: ShapeReader,
  table: () => ShapeTable,
): KeptCall[] {
  const found: KeptCall[] = [];
  file.forEachDescendant((node) => {
    const call = node.compilerNode;
    if (!ts.isCallExpression(call) || !isPluginFunction(call.expression, 'kept', project)) return;
    const [first] = call.arguments;
    const name = first && checker.getTypeAtLocation(first);
    if (!name?.isStringLiteral()) return;
    const shape: Shape = reader.shape(checker.getTypeAtLocation(call));
    const fingerprint = fingerprintOf(shapeText(shape, table()));
    found.push({ facts: { name: name.value, shape, fingerprint }, node });
  });
  return found;
}

function fingerprintOf(text: string): string {
  return hashOf(text).slice(0, 8);
}
