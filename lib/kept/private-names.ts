import { Script } from 'node:vm';

/**
 * Returns the `#private` names that a class, or one that it extends, gives its instances; static ones are not among them. An
 * instance does not show them, but the source text of its class does.
 */
export function privateNames(type: object): readonly string[] {
  const names: string[] = [];
  for (let one: unknown = type; typeof one === 'function'; one = Object.getPrototypeOf(one))
    names.push(...namesIn(Function.prototype.toString.call(one)));
  return names;
}

/** Returns the names that the class itself declares and uses. An instance that moved does not miss a name without a use. */
function namesIn(text: string): string[] {
  const declared = text.matchAll(/(?<=[{};\n]\s*(?:(?:get|set|async|accessor)\s+)?\*?\s*)#[\w$]+/g);
  return [...new Set(Array.from(declared, ([name]) => name))].filter(
    (name) => isUsed(name, text) && !isForeign(name, text),
  );
}

function isUsed(name: string, text: string): boolean {
  const escaped = name.replaceAll('$', String.raw`\$`);
  return new RegExp(String.raw`\.${escaped}(?![\w$])|${escaped}\s+in\s`).test(text);
}

/**
 * Returns whether the class does not declare a name itself: then only a class within this one, a comment or a string looks like a
 * declaration. V8 refuses a class that declares a name twice, so a second declaration is tried. Nothing is run.
 */
function isForeign(name: string, text: string): boolean {
  return isClassText(text) && isClassText(`${text.slice(0, -1)}\n;${name};}`);
}

function isClassText(text: string): boolean {
  if (!text.startsWith('class')) return false;
  try {
    void new Script(`(${text})`);
    return true;
  } catch {
    return false;
  }
}
