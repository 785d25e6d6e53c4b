import type { ts } from 'ts-morph';

const generated = /@ts-nocheck|@generated|do not (edit|modify)|auto-?generated/i;

/** Returns whether the first comments of a file say that a tool wrote it, or that linters should skip it. */
export function isGenerated({ text }: ts.SourceFile): boolean {
  const [head = ''] = /^(?:\s|\/\/.*|\/\*[^]*?\*\/|#!.*)*/.exec(text) ?? [];
  return generated.test(head);
}
