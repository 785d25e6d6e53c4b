import { ts } from 'ts-morph';

/** Returns whether a member is a field, rather than a method, an accessor, or a `#private` name that no other code can fill. */
export function isField(member: ts.Symbol): boolean {
  return (member.flags & ts.SymbolFlags.Property) !== 0 && !isPrivateName(member) && !isPrototype(member);
}

/** Returns whether a member is `#private`. */
export function isPrivateName({ name }: ts.Symbol): boolean {
  return /^(?:__)?#/.test(name);
}

export function isPrototype({ flags }: ts.Symbol): boolean {
  return (flags & ts.SymbolFlags.Prototype) !== 0;
}

/**
 * Returns a member's name, in brackets for a symbol: `[brand]`, `[Symbol.iterator]`. The checker's own name for these,
 * `__@brand@747`, contains a number that changes from build to build, as do those of `#private` members.
 */
export function memberKey(member: ts.Symbol): string {
  if (isPrivateName(member)) return member.name.replace(/^.*#/, '#');
  const [, symbol] = /^__@(.+)@\d+$/.exec(member.name) ?? [];
  if (symbol === undefined) return member.name;
  const isWellKnown = member.declarations?.some((declaration) => {
    const name = ts.getNameOfDeclaration(declaration);
    return name && ts.isComputedPropertyName(name) && name.expression.getText().startsWith('Symbol.');
  });
  return isWellKnown ? `[Symbol.${symbol}]` : `[${symbol}]`;
}
