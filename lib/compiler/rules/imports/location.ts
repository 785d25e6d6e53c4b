import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ts } from 'ts-morph';
import { pathOfUrl } from '../../../core/paths.js';
import { bare } from '../analysis/syntax.js';

/**
 * Returns the path that an expression names relative to its file: `import.meta.url`, `new URL('./x.js', import.meta.url)`, its
 * `href`, `fileURLToPath(…)`, `join(import.meta.dirname, 'x.js')`. Returns `undefined` for anything else.
 */
export function locationOf(node: ts.Expression): string | undefined {
  const expression = bare(node);
  const here = expression.getSourceFile().fileName;
  if (ts.isIdentifier(expression)) return { __filename: here, __dirname: dirname(here) }[expression.text];
  if (ts.isPropertyAccessExpression(expression)) {
    const { name, expression: of } = expression;
    if (ts.isMetaProperty(of)) return { url: here, filename: here, dirname: dirname(here) }[name.text];
    return name.text === 'href' || name.text === 'pathname' ? locationOf(of) : undefined;
  }
  if (ts.isNewExpression(expression)) return locationOfUrl(expression);
  return ts.isCallExpression(expression) ? locationOfCall(expression) : undefined;
}

function locationOfUrl({ expression, arguments: given }: ts.NewExpression): string | undefined {
  const [path, of] = given ?? [];
  if (!ts.isIdentifier(expression) || expression.text !== 'URL' || !path || !of) return undefined;
  const from = locationOf(of);
  if (from === undefined || !ts.isStringLiteralLike(path)) return undefined;
  const base = pathToFileURL(from).href;
  return URL.canParse(path.text, base) ? pathOfUrl(new URL(path.text, base)) : undefined;
}

const wrappers = new Set(['fileURLToPath', 'pathToFileURL', 'String', 'toString']);

function locationOfCall({ expression, arguments: given }: ts.CallExpression): string | undefined {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  const [first, ...rest] = given;
  if (wrappers.has(name)) {
    const inner = first ?? (ts.isPropertyAccessExpression(expression) ? expression.expression : undefined);
    return inner && locationOf(inner);
  }
  if ((name !== 'join' && name !== 'resolve') || !first) return undefined;
  const from = locationOf(first);
  if (from === undefined || !rest.every(ts.isStringLiteralLike)) return undefined;
  return resolve(from, ...rest.map((step) => step.text));
}
