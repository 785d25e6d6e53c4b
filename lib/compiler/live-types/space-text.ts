import { indented } from './declaration-text.js';

/** Parts of a plugin's namespace in `live.d.ts`, each a text. */
export interface SpaceParts {
  /** Import statements. */
  readonly imports: readonly string[];
  readonly declarations: readonly string[];
  readonly functions: readonly string[];
  readonly types: readonly string[];
  readonly overloads: readonly string[];
  /** Types known only as shapes of the manifest. */
  readonly shapes: Shapes;
}

export interface Shapes {
  readonly declarations: readonly string[];
  readonly functions: readonly string[];
  readonly types: readonly string[];
}

/** Names that exist in every namespace. */
export const ownNames: readonly string[] = ['Functions', 'Types', 'Overloads', 'Shapes'];

/** Returns the namespace of a plugin. */
export function spaceText(name: string, { imports, shapes, ...parts }: SpaceParts): string {
  const { declarations, functions, types, overloads } = parts;
  const hasShapes = shapes.functions.length + shapes.types.length > 0;
  const inShapes = [
    ...shapes.declarations,
    block('interface Functions', shapes.functions),
    block('interface Types', shapes.types),
  ];
  const base = (own: string): string => (hasShapes ? ` extends Shapes.${own}` : '');
  const inside = [
    ...declarations,
    ...(hasShapes ? [block('namespace Shapes', inShapes)] : []),
    block(`interface Functions${base('Functions')}`, functions),
    block(`interface Types${base('Types')}`, types),
    block('interface Overloads', overloads),
  ];
  return [...imports, block(`declare namespace ${name}`, inside), ''].join('\n');
}

function block(head: string, parts: readonly string[]): string {
  if (parts.length === 0) return `${head} {}`;
  return `${head} {\n${parts.map((part) => `${indented(part)}\n`).join('')}}`;
}
