import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { anchorsOf, linksOf, pages } from '../helpers/page-blocks.js';

const repository = resolve(import.meta.dirname, '../..');
/** Address of the package's files, as npm publishes them. */
const HOME = 'https://unpkg.com/liveswap/';

test('every link of every page leads to a file that is there, and to a heading of it', () => {
  const links = pages.flatMap(linksOf);
  expect(links.length).toBeGreaterThan(300);
  expect(links.flatMap(({ text, page, at }) => (isThere(text, page) ? [] : [`${at}: ${text}`]))).toEqual([]);
});

/** Returns whether the target of a link exists. Links to other sites are not followed. */
function isThere(link: string, page: string): boolean {
  const isOurs = link.startsWith(HOME);
  if (!isOurs && /^[a-z]+:/.test(link)) return true;
  const [path = '', anchor] = (isOurs ? link.slice(HOME.length) : link).split('#');
  const target = path === '' ? page : isOurs ? path : join(dirname(page), path);
  if (!existsSync(join(repository, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}
