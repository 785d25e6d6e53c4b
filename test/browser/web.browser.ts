import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openBrowser } from '../helpers/open-browser.js';
import { runExample } from '../helpers/run-example.js';

const repository = resolve(import.meta.dirname, '../..');

it('two pages of the web example keep their sockets and their room while its code is edited', async () => {
  const flags = ['dev', 'plugins', '--port', '0', '--hostname', '127.0.0.1'];
  const example = await runExample('web', ['node_modules/.bin/liveswap', ...flags]);
  const [url] = await example.line(/http:\/\/127\.0\.0\.1:\d+/);
  const browser = await openBrowser();
  const open = async (): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 720, height: 720 } });
    await page.goto(url);
    await page.locator('#state', { hasText: /^open$/ }).waitFor();
    return page;
  };
  const [ours, theirs] = [await open(), await open()];
  const opened = await Promise.all([ours, theirs].map((page) => page.textContent('#opened')));
  /** Says something in our page, and waits until both show it. */
  const say = async (words: string, shown: RegExp): Promise<void> => {
    await ours.fill('input[name=text]', words);
    await ours.press('input[name=text]', 'Enter');
    for (const page of [ours, theirs]) await page.locator('li', { hasText: shown }).waitFor();
  };

  await say('Winter', /says: Winter \(1\)/);
  for (const [index, verb] of ['shouts', 'whispers'].entries()) {
    await example.edit('plugins/web/index.ts', `'${['says', 'shouts'][index]}'`, `'${verb}'`);
    // The stream of events has ended with its version, and the browser has opened another one.
    for (const page of [ours, theirs]) {
      await expect.poll(() => page.textContent('#swaps')).toBe(String(index + 1));
    }
    await say('Winter', new RegExp(`${verb}: Winter \\(${index + 2}\\)`));
  }
  const upload = { name: 'raven.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(1_000_000) };
  await ours.setInputFiles('input[type=file]', upload);
  await ours.locator('#bytes', { hasText: '1000000 bytes have arrived.' }).waitFor();
  for (const [at, page] of [ours, theirs].entries()) {
    expect([await page.textContent('#state'), await page.textContent('#opened')]).toEqual([
      'open',
      opened[at],
    ]);
  }
  await mkdir(resolve(repository, 'out'), { recursive: true });
  await ours.screenshot({ path: resolve(repository, 'out/web.png') });
  await theirs.click('text=About this page');
  await theirs.getByRole('heading', { name: 'About' }).waitFor();
  expect(await example.stop()).toBe(0);
});
