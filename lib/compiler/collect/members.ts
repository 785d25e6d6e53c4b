import { ts } from 'ts-morph';

/** Fields are what an instance carries of its own: not methods, accessors, or `#private` names, which nobody else can fill. */
export function isField(member: ts.Symbol): boolean {
  return (member.flags & ts.SymbolFlags.Property) !== 0 && !isHidden(member);
}

/** Whether a member is of its class alone: `#private`, or the class's prototype. */
export function isHidden(member: ts.Symbol): boolean {
  return /^(?:__)?#/.test(member.name) || (member.flags & ts.SymbolFlags.Prototype) !== 0;
}

/** Whether a member can be used from outside of its class. */
export function isPublic(member: ts.Symbol): boolean {
  if (isHidden(member)) return false;
  return !(member.declarations ?? []).some(
    (declaration) =>
      ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected),
  );
}

/**
 * A member's name, in brackets where it is a symbol: `[brand]`, `[Symbol.iterator]`. The checker's own name of these,
 * `__@brand@747`, has a number that the next build would give to something else.
 */
export function memberKey(member: ts.Symbol): string {
  const [, symbol] = /^__@(.+)@\d+$/.exec(member.name) ?? [];
  if (symbol === undefined) return member.name;
  const isWellKnown = member.declarations?.some((declaration) => {
    const name = ts.getNameOfDeclaration(declaration);
    return name && ts.isComputedPropertyName(name) && name.expression.getText().startsWith('Symbol.');
  });
  return isWellKnown ? `[Symbol.${symbol}]` : `[${symbol}]`;
}
