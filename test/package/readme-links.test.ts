import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');
const HOME = 'https://unpkg.com/liveswap/';

test('every link of the README leads somewhere from npm: to a heading, or to a file of the package', () => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  const { files } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { files: string[] };
  const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((link) => !/^(https?:\/\/|#)/.test(link))).toEqual([]);
  const paths = links
    .filter((link) => link.startsWith(HOME))
    .map((link) => link.slice(HOME.length).replace(/#.*$/, ''));
  expect(paths.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  const isPacked = (path: string): boolean =>
    path === 'LICENSE' || files.some((one) => path === one || path.startsWith(`${one}/`));
  expect(paths.filter((path) => !isPacked(path))).toEqual([]);
});
