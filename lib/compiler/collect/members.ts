import { ts } from 'ts-morph';

/** Fields are what an instance carries of its own: not methods, accessors, or `#private` names, which nobody else can fill. */
export function isField(member: ts.Symbol): boolean {
  return (member.flags & ts.SymbolFlags.Property) !== 0 && !member.name.startsWith('#');
}

/** Whether a member can be used from outside of its class. */
export function isPublic(member: ts.Symbol): boolean {
  if (member.name.startsWith('#') || member.flags & ts.SymbolFlags.Prototype) return false;
  return !(member.declarations ?? []).some(
    (declaration) =>
      ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected),
  );
}
