/**
 * The `#private` names that a class, or one that it extends, gives its instances; static ones are not among them. An instance does
 * not show them, but the source text of its class does.
 */
export function privateNames(type: object): readonly string[] {
  const names: string[] = [];
  for (let one: unknown = type; typeof one === 'function'; one = Object.getPrototypeOf(one))
    names.push(...namesIn(Function.prototype.toString.call(one)));
  return names;
}

/** A name counts where the text both declares and uses it, because a color or a selector in a string looks like one, too. */
function namesIn(text: string): string[] {
  const declared = text.matchAll(/(?<=[{};\n]\s*(?:(?:get|set|async|accessor)\s+)?\*?\s*)#[\w$]+/g);
  return [...new Set(Array.from(declared, ([name]) => name))].filter((name) => isUsed(name, text));
}

function isUsed(name: string, text: string): boolean {
  const escaped = name.replaceAll('$', String.raw`\$`);
  return new RegExp(String.raw`\.${escaped}(?![\w$])|${escaped}\s+in\s`).test(text);
}
