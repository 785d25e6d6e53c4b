import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Files } from './write-plugins.js';

const repository = resolve(import.meta.dirname, '../..');

/** Resolves to those code blocks of a page that begin with the name of their file; `page` is its path in the repository. */
export async function filesOfPage(page: string): Promise<Files> {
  const text = await readFile(join(repository, page), 'utf8');
  const blocks = text.matchAll(/^```\w+\n\/\/ (\S+\.\w+)\n(.*?)^```$/gms);
  return Object.fromEntries([...blocks].map(([, path, code]) => [path, code]));
}
