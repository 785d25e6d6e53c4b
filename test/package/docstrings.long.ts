import { join, relative, resolve } from 'node:path';
import { Node, Project, type JSDocableNode } from 'ts-morph';
import { expect, test } from 'vitest';
import { entryPoints } from '../helpers/entry-points.js';

const repository = resolve(import.meta.dirname, '../..');
const project = new Project({ compilerOptions: { skipLibCheck: true } });
const entries = (await entryPoints()).map(([, types]) =>
  project.addSourceFileAtPath(join(repository, types)),
);
project.resolveSourceFileDependencies();

/** Every declaration of liveswap's own that an entry point exports, once. */
const exported = new Map(
  entries
    .flatMap((entry) => [...entry.getExportedDeclarations()])
    .flatMap(([name, declarations]) => declarations.map((declaration) => [declaration, name] as const))
    .filter(([declaration]) =>
      declaration.getSourceFile().getFilePath().startsWith(join(repository, 'dist')),
    ),
);

/** The members of this type are the codes of errors, each of which `errorCodes` explains. */
const OF_CODES = 'FieldsByCode';

test('every name that can be imported has a docstring, and so has each of its members', () => {
  const bare = [...exported].flatMap(([declaration, name]) => [
    ...(isDocumented(declaration) ? [] : [at(declaration, name)]),
    ...(name === OF_CODES ? [] : membersOf(declaration))
      .filter((member) => !isOfLanguage(member) && !isDocumented(member))
      .map((member) => at(member, `${name}.${memberName(member)}`)),
  ]);
  expect(exported.size).toBeGreaterThan(150);
  expect(bare).toEqual([]);
});

test('every option that may be left out says what is the default', () => {
  const silent = [...exported]
    .filter(([, name]) => /(Options|Settings)$/.test(name))
    .flatMap(([declaration, name]) =>
      membersOf(declaration)
        .filter((member) => Node.isQuestionTokenable(member) && member.hasQuestionToken())
        .filter((member) => !/\bdefault|\bwithout (it|one)\b/i.test(docOf(member)))
        .map((member) => at(member, `${name}.${memberName(member)}`)),
    );
  expect(silent).toEqual([]);
});

/** Returns the members that a user of the type sees. */
function membersOf(declaration: Node): Node[] {
  if (Node.isInterfaceDeclaration(declaration)) return declaration.getMembers();
  if (Node.isClassDeclaration(declaration))
    return declaration
      .getMembers()
      .filter((member) => !Node.isConstructorDeclaration(member) && !isHidden(member));
  if (Node.isTypeAliasDeclaration(declaration)) {
    const type = declaration.getTypeNode();
    if (type && Node.isTypeLiteral(type)) return type.getMembers();
  }
  return [];
}

function isHidden(member: Node): boolean {
  return memberName(member).startsWith('#') || (Node.isModifierable(member) && member.hasModifier('private'));
}

/** Returns whether the language gives a member its meaning: `[Symbol.asyncDispose]` means the same everywhere. */
function isOfLanguage(member: Node): boolean {
  return memberName(member).startsWith('[Symbol.');
}

function memberName(member: Node): string {
  return Node.hasName(member) ? member.getName() : member.getText().slice(0, 30);
}

/** Returns whether a declaration has a docstring; an overload has that of the first one with its name. */
function isDocumented(node: Node): boolean {
  if (docOf(node) !== '') return true;
  if (Node.isExportAssignment(node) || Node.isSourceFile(node)) return true;
  const name = Node.hasName(node) ? node.getName() : undefined;
  const siblings = node.getParent()?.forEachChildAsArray() ?? [];
  return siblings.some(
    (other) => other !== node && Node.hasName(other) && other.getName() === name && docOf(other) !== '',
  );
}

function docOf(node: Node): string {
  const documented = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node;
  if (!documented || !Node.isJSDocable(documented)) return '';
  return (documented as JSDocableNode)
    .getJsDocs()
    .map((doc) => doc.getText())
    .join('\n');
}

function at(node: Node, name: string): string {
  return `${name} (${relative(join(repository, 'dist'), node.getSourceFile().getFilePath())})`;
}
