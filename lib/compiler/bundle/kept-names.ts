/**
 * Removes the calls that esbuild adds to keep function names, wherever the name is right anyway. Calls that remain inside
 * functions do without the artifact's helper, because the text of a function may run elsewhere, in a browser page or a `vm`.
 * Nothing moves, so the source map stays right.
 */
export function withQuietNames(code: string): string {
  const lines = code.replace(HELPER, QUICK_HELPER).split('\n');
  const open: Wrapping[] = [];
  return lines
    .map((line, index) => {
      const closing = open.at(-1);
      if (closing && line.startsWith(closing.end)) {
        open.pop();
        return `${closing.end.slice(0, closing.indent.length + 1)}${line.slice(closing.end.length)}`;
      }
      if (!line.includes('__name(')) return line;
      return withoutStatement(line) ?? withoutWrapping(line, lines, index, open) ?? withGuard(line);
    })
    .join('\n');
}

/** Replaces a call inside a function, which may run where the helper does not exist. */
function withGuard(line: string): string {
  return /^\s/.test(line) ? line.replaceAll('@__PURE__ */ __name(', `@__PURE__ */ ${GUARD}(`) : line;
}

const GUARD = '(typeof __name > "u" ? (f) => f : __name)';

/** Beginning of the helper that sets names, which only functions need that esbuild has renamed. */
const HELPER = 'var __name = (target, value) => __defProp(';
const QUICK_HELPER = 'var __name = (target, value) => target.name === value ? target : __defProp(';

/** A multi-line function whose name is set after its last line. */
interface Wrapping {
  readonly indent: string;
  /** Beginning of its last line. */
  readonly end: string;
}

/** Matches `__name(inner, "inner");` on a line of its own. */
function withoutStatement(line: string): string | undefined {
  const [, indent = '', target, name] = /^(\s*)__name\((\w+), "(\w+)"\);$/.exec(line) ?? [];
  if (target === undefined || name === undefined) return undefined;
  if (target === name) return indent;
  return indent === '' ? line : `${indent}typeof __name > "u" || __name(${target}, "${name}");`;
}

/** Matches `const inner = /* @__PURE__ *\/ __name(…, "inner")`. */
function withoutWrapping(
  line: string,
  lines: readonly string[],
  index: number,
  open: Wrapping[],
): string | undefined {
  const match = /^(\s*)(?:(?:var|let|const) )?(\w+)(?: =|:) (\/\* @__PURE__ \*\/ __name\()/.exec(line);
  const [start = '', indent = '', name = '', call = ''] = match ?? [];
  if (!match) return undefined;
  const rest = line.slice(start.length);
  const blank = start.slice(0, -call.length) + ' '.repeat(call.length);
  const atEnd = rest.match(new RegExp(`, "${name}"\\)([;,]?)$`));
  if (atEnd) return `${blank}${rest.slice(0, atEnd.index)}${atEnd[1]}`;
  const end = `${indent}}, "${name}")`;
  if (!rest.endsWith('{') || !isClosed(lines, index, end)) return undefined;
  open.push({ indent, end });
  return blank + rest;
}

/** Returns whether the next line at the same depth or above ends the function. */
function isClosed(lines: readonly string[], index: number, end: string): boolean {
  const indent = /^\s*/.exec(end)?.[0] ?? '';
  for (let next = index + 1; next < lines.length; next++) {
    const line = lines[next] ?? '';
    if (line.startsWith(`${indent}}`)) return line.startsWith(end);
  }
  return false;
}
