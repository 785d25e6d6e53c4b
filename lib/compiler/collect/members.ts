import { ts } from 'ts-morph';

/** Fields are what an instance carries of its own: not methods, accessors, or `#private` names, which nobody else can fill. */
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
 * A member's name, in brackets where it is a symbol: `[brand]`, `[Symbol.iterator]`. The checker's own name of these,
 * `__@brand@747`, has a number that the next build would give to something else; so has that of `#private` ones.
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
