import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { openBrowser } from '../helpers/open-browser.js';
import { runExample } from '../helpers/run-example.js';

const pictures = resolve(import.meta.dirname, '../../out');
it('the page stays connected through three swaps and shows the new behaviour each time', async () => {
  const example = await runExample('websocket');
  const [url = ''] = await example.line(/http:\/\/127\.0\.0\.1:\d+/);
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 720, height: 720 } });
  await page.goto(url);
  const say = async (text: string): Promise<void> => {
    await page.fill('#text', text);
    await page.press('#text', 'Enter');
  };
  const shows = (text: string): Promise<unknown> => page.getByText(text, { exact: true }).waitFor();

  await shows('connected, 0 swaps');
  await say('Hail');
  await shows('Hail, heard as number 1');
  let now = 'heard as number';
  for (const [index, next] of ['noted as number', 'filed as number', 'kept as number'].entries()) {
    await example.edit('plugins/chat/index.ts', now, next);
    now = next;
    await shows(`connected, ${index + 1} swaps`);
    await say(`Release ${index + 2}`);
    await shows(`Release ${index + 2}, ${next} ${index + 2}`);
  }
  expect(await page.getAttribute('body', 'data-state')).toBe('connected, 3 swaps');
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: resolve(pictures, 'websocket.png') });
  expect(await example.stop()).toBe(0);
});
