import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';

/** Folder of the site that `npm run docs` has built. */
const site = resolve(import.meta.dirname, '../../out/docs');
const pages = globSync('**/*.html', { cwd: site });

/** Returns the values of an attribute in a page of the site. */
function valuesOf(page: string, attribute: RegExp): string[] {
  return Array.from(textOf(page).matchAll(attribute), ([, value = '']) => value.replaceAll('&amp;', '&'));
}

const texts = new Map<string, string>();
function textOf(page: string): string {
  const text = texts.get(page) ?? readFileSync(join(site, page), 'utf8');
  texts.set(page, text);
  return text;
}

const anchors = new Map<string, ReadonlySet<string>>();
function anchorsOf(page: string): ReadonlySet<string> {
  const found = anchors.get(page) ?? new Set(valuesOf(page, / id="([^"]*)"/g));
  anchors.set(page, found);
  return found;
}

/** Returns whether the target of a link exists. Links to other sites are not followed. */
function isThere(link: string, page: string): boolean {
  if (/^[a-z]+:/.test(link)) return true;
  const [path = '', anchor = ''] = link.split('#').map(decodeURIComponent);
  const target = path === '' ? page : join(dirname(page), path);
  const file = join(site, target);
  if (!existsSync(file) || !statSync(file).isFile()) return false;
  return anchor === '' || !target.endsWith('.html') || anchorsOf(target).has(anchor);
}

test('every link of every page of the site leads to a page that is there, and to a place in it', () => {
  const links = pages.flatMap((page) =>
    valuesOf(page, /<(?:a|img|link|script)\b[^>]*? (?:href|src)="([^"]*)"/g).map((link) => ({ page, link })),
  );
  expect(links.length).toBeGreaterThan(5000);
  expect([
    ...new Set(links.flatMap(({ page, link }) => (isThere(link, page) ? [] : [`${page}: ${link}`]))),
  ]).toEqual([]);
});
