import { ts } from 'ts-morph';
import { isPlatformSymbol } from './global-name.js';

const named = ts.SymbolFlags.Interface | ts.SymbolFlags.Class | ts.SymbolFlags.Enum;

/** Returns the declared name of a type of a plugin or a package, if it has one: an alias, an interface, a class, an enum. */
export function declaredName(type: ts.Type, program: ts.Program): string | undefined {
  const { aliasSymbol, symbol } = type;
  const isInstance = type.getConstructSignatures().length === 0;
  const found = aliasSymbol ?? (symbol && symbol.flags & named && isInstance ? symbol : undefined);
  if (!found || isPlatformSymbol(found, program) || !/^[A-Za-z_$][\w$]*$/.test(found.name)) return undefined;
  return found.name.startsWith('__') ? undefined : found.name;
}
