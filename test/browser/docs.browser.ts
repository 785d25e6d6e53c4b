import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';

const site = resolve(import.meta.dirname, '../../out/docs');

/** `npm run docs` has built the site; that command fails if a link is broken. */
test('a person finds pages and names in the site', async () => {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto(pathToFileURL(join(site, 'index.html')).href);
  const pictures = resolve(site, '..');
  await page.screenshot({ path: join(pictures, 'docs.png') });
  const find = async (words: string, title: RegExp): Promise<void> => {
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByPlaceholder('Search the docs').fill(words);
    await page.getByRole('dialog').getByRole('link', { name: title }).first().click();
  };
  await find('rollback', /Swapper.*rollback/);
  await page.getByRole('heading', { name: 'Class Swapper' }).waitFor();
  await find('tracing', /tracing/i);
  expect(page.url()).toContain('/out/docs/');
  await page.screenshot({ path: join(pictures, 'docs-found.png') });
});
