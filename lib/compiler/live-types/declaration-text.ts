import { ts } from 'ts-morph';
import type { EmittedModule } from './emitted-module.js';
import { Unsayable } from './unsayable.js';

/** Prints nodes of modules with names that are valid in the target file. */
export interface TypeWriter {
  /** @throws Unsayable */
  text(node: ts.Node, module: EmittedModule): string;
}

/**
 * Returns the declarations of one name for an ambient namespace. Only types are declared, except where `typeof` needs a value: a
 * class becomes the fields of its instances, an enum becomes its values.
 */
export function declarationText(
  declarations: readonly ts.Declaration[],
  name: string,
  module: EmittedModule,
  writer: TypeWriter,
): string {
  return declarations.map((one) => docOf(one, module) + oneText(one, name, module, writer)).join('\n');
}

/** Returns the doc comment of a declaration with its line end; empty if there is none. */
export function docOf(declaration: ts.Node, { file }: EmittedModule): string {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const comments = ts.getLeadingCommentRanges(file.text, node.pos) ?? [];
  const doc = comments
    .map(({ pos, end }) => file.text.slice(pos, end))
    .findLast((text) => text.startsWith('/**'));
  return doc === undefined ? '' : `${doc.replaceAll(/\n\s*/g, '\n ')}\n`;
}

function oneText(node: ts.Declaration, name: string, module: EmittedModule, writer: TypeWriter): string {
  if (ts.isInterfaceDeclaration(node)) {
    const heritage = heritageText(node.heritageClauses, module, writer);
    return interfaceText(
      `${name}${parametersText(node, module, writer)}${heritage}`,
      node.members,
      module,
      writer,
    );
  }
  if (ts.isTypeAliasDeclaration(node)) {
    return `type ${name}${parametersText(node, module, writer)} = ${writer.text(node.type, module)};`;
  }
  if (ts.isClassDeclaration(node)) return classText(node, name, module, writer);
  if (ts.isEnumDeclaration(node)) return enumText(node, name, module);
  if (ts.isVariableDeclaration(node)) return constantText(node, name, module, writer);
  if (ts.isFunctionDeclaration(node) && node.type) {
    const parameters = node.parameters.map((one) => writer.text(one, module)).join(', ');
    return `function ${name}${parametersText(node, module, writer)}(${parameters}): ${writer.text(node.type, module)};`;
  }
  throw new Unsayable(node.getText(module.file));
}

/** Returns type parameters in angle brackets. */
export function parametersText(
  { typeParameters }: { readonly typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> | undefined },
  module: EmittedModule,
  writer: TypeWriter,
): string {
  if (!typeParameters) return '';
  return `<${typeParameters.map((one) => writer.text(one, module)).join(', ')}>`;
}

function interfaceText(
  head: string,
  members: readonly ts.Node[],
  module: EmittedModule,
  writer: TypeWriter,
): string {
  const lines = members.map((one) => indented(docOf(one, module) + writer.text(one, module)));
  return `interface ${head} {\n${lines.map((line) => `${line}\n`).join('')}}`;
}

/** Returns a class as an interface: only the public fields of an instance cross. */
function classText(
  node: ts.ClassDeclaration,
  name: string,
  module: EmittedModule,
  writer: TypeWriter,
): string {
  const fields = node.members.filter(ts.isPropertyDeclaration).filter(isPublicField);
  const texts = fields.map((field) => {
    const isReadonly = field.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword);
    // The type of `readonly code = 'REFUSED'` is the value itself.
    const type = field.type
      ? writer.text(field.type, module)
      : (field.initializer?.getText(module.file) ?? 'unknown');
    const text = `${isReadonly ? 'readonly ' : ''}${writer.text(field.name, module)}${field.questionToken ? '?' : ''}: ${type};`;
    return `${indented(docOf(field, module) + text)}\n`;
  });
  const bases = node.heritageClauses?.filter(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
  const head = `${name}${parametersText(node, module, writer)}${heritageText(bases, module, writer)}`;
  return `interface ${head} {\n${texts.join('')}}`;
}

function isPublicField({ modifiers = ts.factory.createNodeArray(), name }: ts.PropertyDeclaration): boolean {
  return !ts.isPrivateIdentifier(name) && !modifiers.some(({ kind }) => hidden.has(kind));
}

const hidden: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.PrivateKeyword,
  ts.SyntaxKind.ProtectedKeyword,
  ts.SyntaxKind.StaticKeyword,
]);

function heritageText(
  clauses: readonly ts.HeritageClause[] | undefined,
  module: EmittedModule,
  writer: TypeWriter,
): string {
  const bases = (clauses ?? []).flatMap(({ types }) => types.map((type) => writer.text(type, module)));
  return bases.length > 0 ? ` extends ${bases.join(', ')}` : '';
}

/** Returns the values of an enum, because its object does not exist where the stubs are used. */
function enumText(node: ts.EnumDeclaration, name: string, module: EmittedModule): string {
  const values = node.members.map((member) => ({
    name: member.name.getText(module.file),
    value: member.initializer?.getText(module.file) ?? 'number',
  }));
  const members = values.filter((one) => /^[\w$]+$/.test(one.name));
  const types = members.map((one) => `  type ${one.name} = ${one.value};\n`).join('');
  const all = [...new Set(values.map(({ value }) => value))].join(' | ') || 'never';
  return `type ${name} = ${all};\nnamespace ${name} {\n${types}}`;
}

function constantText(
  node: ts.VariableDeclaration,
  name: string,
  module: EmittedModule,
  writer: TypeWriter,
): string {
  if (node.type) return `const ${name}: ${writer.text(node.type, module)};`;
  if (node.initializer) return `const ${name} = ${node.initializer.getText(module.file)};`;
  throw new Unsayable(node.getText(module.file));
}

/** Indents each line by two spaces. */
export function indented(text: string): string {
  return text.replaceAll(/^(?!$)/gm, '  ');
}
