/** Where a value is inside another: a chain towards the root, written out only when an error names it. */
export interface Path {
  readonly parent: Path | undefined;
  /** `field` of an object, `index` of an array, `value` or `key` of a map, `member` of a set. */
  readonly kind: 'field' | 'index' | 'value' | 'key' | 'member';
  /** The field's name or map's key; the position for the other kinds. */
  readonly name: unknown;
}

/** `job.steps[2].done`; empty for the root itself. */
export function formatPath(path: Path | undefined): string {
  let text = '';
  for (let at = path; at; at = at.parent) text = formatStep(at) + text;
  return text.startsWith('.') ? text.slice(1) : text;
}

function formatStep({ kind, name }: Path): string {
  switch (kind) {
    case 'field':
      return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(String(name))
        ? `.${String(name)}`
        : `[${JSON.stringify(name)}]`;
    case 'index':
      return `[${String(name)}]`;
    case 'value':
      return `.get(${typeof name === 'string' ? JSON.stringify(name) : typeof name === 'object' && name ? '…' : String(name)})`;
    case 'key':
      return `.keys[${String(name)}]`;
    case 'member':
      return `.values[${String(name)}]`;
    default:
      return kind satisfies never;
  }
}
