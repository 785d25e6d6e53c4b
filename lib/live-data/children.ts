import type { Path } from './path.js';

/** Receives one child of a container. */
export type Visit<Result> = (child: unknown, path: Path) => Result;

/** Calls `visit` for everything that `container` holds; holes of an array are skipped. */
export function eachChild(container: object, parent: Path | undefined, visit: Visit<void>): void {
  if (container instanceof Map) {
    let index = 0;
    for (const [key, value] of container) {
      visit(key, { parent, kind: 'key', name: index++ });
      visit(value, { parent, kind: 'value', name: key });
    }
  } else if (container instanceof Set) {
    let index = 0;
    for (const member of container) visit(member, { parent, kind: 'member', name: index++ });
  } else if (!ArrayBuffer.isView(container)) {
    const kind = Array.isArray(container) ? 'index' : 'field';
    for (const name of Object.keys(container)) {
      visit((container as Record<string, unknown>)[name], { parent, kind, name });
    }
  }
}

/** Replaces each value in `container` by the result of `visit`, in place and in order. */
export function rewriteChildren(container: object, parent: Path | undefined, visit: Visit<unknown>): void {
  if (container instanceof Map) {
    const rewritten: [unknown, unknown][] = [];
    eachChild(container, parent, (child, path) => {
      const result = visit(child, path);
      if (path.kind === 'key') rewritten.push([result, undefined]);
      else rewritten.at(-1)![1] = result;
    });
    container.clear();
    for (const [key, value] of rewritten) container.set(key, value);
  } else if (container instanceof Set) {
    const rewritten: unknown[] = [];
    eachChild(container, parent, (child, path) => rewritten.push(visit(child, path)));
    container.clear();
    for (const member of rewritten) container.add(member);
  } else {
    eachChild(container, parent, (child, path) => {
      const result = visit(child, path);
      if (result !== child) (container as Record<string, unknown>)[String(path.name)] = result;
    });
  }
}
