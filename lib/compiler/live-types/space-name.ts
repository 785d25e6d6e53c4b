import { ts } from 'ts-morph';

/** Returns the name of a plugin's namespace in `live.d.ts`, which is different for each plugin. */
export function spaceName(plugin: string): string {
  const name = plugin
    .replaceAll('_', '__')
    .replaceAll('-', '_')
    .replaceAll(/[^\w]/g, (letter) => `$${letter.codePointAt(0)!.toString(16)}`)
    .replace(/^(?=\d)/, '$');
  return isWord(name) ? name : `${name}$`;
}

/** Returns whether a name is not a keyword of the language. */
function isWord(name: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, name);
  return scanner.scan() === ts.SyntaxKind.Identifier;
}
