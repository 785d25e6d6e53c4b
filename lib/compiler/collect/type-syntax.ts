/** A string literal, in the quotes that this package prints everywhere. */
export function quoted(text: string): string {
  return `'${JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`;
}

/** A member's name as it is written in a type. */
export function memberName(name: string): string {
  // The checker's name of a member that is named by a symbol: `__@iterator@42`.
  const symbol = /^__@(\w+)@\d+$/.exec(name);
  if (symbol) return `[Symbol.${symbol[1]}]`;
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}

/** A type's text where an operand or an element type is wanted. */
export function parenthesised(text: string): string {
  return text.startsWith('readonly ') || hasOperator(text) ? `(${text})` : text;
}

/** Whether a type's text has `|`, `&` or `=>` outside all brackets and quotes. */
function hasOperator(text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/'(?:\\.|[^'])*'|=>|[|&()[\]{}<>]/g)) {
    if (token === '=>' || token === '|' || token === '&') {
      if (depth === 0) return true;
    } else if ('([{<'.includes(token)) depth += 1;
    else if (')]}>'.includes(token)) depth -= 1;
  }
  return false;
}

/** Whether a type's text is that of a function type. */
export function isFunctionText(text: string): boolean {
  return /^(<[^(]*>)?\(.*=>/.test(text) && hasOperator(text);
}
