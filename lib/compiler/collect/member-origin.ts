import { basename, dirname } from 'node:path';
import { ts } from 'ts-morph';
import { symbolAt } from '../rules/analysis/expressions.js';
import { isPrivateName } from './members.js';

/**
 * Returns the class that declares a member as `private`, `protected` or `#private`, because no other class has the same member.
 */
export function hidingClass(member: ts.Symbol): string | undefined {
  const hides = (declaration: ts.Declaration): boolean =>
    isPrivateName(member) || (ts.getCombinedModifierFlags(declaration) & hiding) !== 0;
  const declaration = member.declarations?.find(hides);
  return declaration && qualifiedName(declaration);
}

/**
 * Returns the name of the file that declares the symbol in a member's name, such as `users` for `[brand]`. The rest of the path
 * is left out, because a folder may move.
 */
export function symbolFile(member: ts.Symbol, checker: ts.TypeChecker): string | undefined {
  if (!member.name.startsWith('__@')) return undefined;
  const names = member.declarations?.map((declaration) => ts.getNameOfDeclaration(declaration)) ?? [];
  const [key] = names.flatMap((name) => (name && ts.isComputedPropertyName(name) ? [name.expression] : []));
  const symbol = key && symbolAt(key, checker);
  const path = symbol?.declarations?.[0]?.getSourceFile().fileName;
  if (path === undefined) return undefined;
  const [name = ''] = basename(path).split('.');
  return name === 'index' ? `${basename(dirname(path))}/index` : name;
}

const hiding = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

/** Returns the name of a member's class, with those of the namespaces around it. */
function qualifiedName(member: ts.Node): string {
  const names: string[] = [];
  for (let at: ts.Node | undefined = ts.findAncestor(member, ts.isClassLike); at; at = at.parent) {
    if (ts.isClassLike(at)) names.unshift(at.name?.text ?? 'class');
    if (ts.isModuleDeclaration(at)) names.unshift(at.name.text);
  }
  return names.join('.');
}
