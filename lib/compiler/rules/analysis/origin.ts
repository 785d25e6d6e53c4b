import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { partOfFile } from './liveswap-package.js';
import { isPlatformFile } from './platform-file.js';
import { memberNameOf } from './syntax.js';

/** Returns whether a declaration is part of the language, that is, in TypeScript's own `lib` files. */
export function isOfLanguage(analysis: Analysis, declaration: ts.Node): boolean {
  return analysis.program.isSourceFileDefaultLibrary(declaration.getSourceFile());
}

/** Returns whether a declaration is part of the language or of Node. */
export function isOfPlatform(analysis: Analysis, declaration: ts.Node): boolean {
  return isPlatformFile(declaration.getSourceFile(), analysis.program);
}

/** Returns whether a declaration belongs to a package, rather than to the plugin, the platform or liveswap. */
export function isOfPackage(analysis: Analysis, declaration: ts.Node): boolean {
  const { fileName } = declaration.getSourceFile();
  return (
    fileName.includes('/node_modules/') &&
    !isOfPlatform(analysis, declaration) &&
    !partOfFile(fileName, analysis.plugin.project)
  );
}

/**
 * Returns the full name of a declaration of the platform: `child_process.spawn`, `timers/promises.setTimeout`, `Array.push`;
 * globals have no module in front. Returns `undefined` for everything else.
 */
export function platformName(analysis: Analysis, declaration: ts.Node): string | undefined {
  if (!isOfPlatform(analysis, declaration)) return undefined;
  const names = [nameOf(declaration)];
  for (let outer = declaration.parent; outer; outer = outer.parent) {
    if (ts.isModuleDeclaration(outer)) {
      if (outer.flags & ts.NodeFlags.GlobalAugmentation) break;
      names.unshift(outer.name.text.replace(/^node:/, ''));
    } else if (ts.isInterfaceDeclaration(outer) || ts.isClassDeclaration(outer)) names.unshift(nameOf(outer));
  }
  return names.join('.');
}

function nameOf(declaration: ts.Node): string {
  const name = ts.getNameOfDeclaration(declaration as ts.Declaration);
  return name && 'text' in name ? name.text : '';
}

/** Returns the {@link platformName} of a callee. */
export function platformCallee(analysis: Analysis, callee: ts.Expression): string | undefined {
  const [declaration] = analysis.references.declarationsOf(memberNameOf(callee));
  return declaration && platformName(analysis, declaration);
}
