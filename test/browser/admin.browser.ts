import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openAdminPort } from '../../lib/cli/admin-port.js';
import type { Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const pictures = resolve(import.meta.dirname, '../../out');
const guardian: PluginText = {
  name: 'guardian',
  live: {
    live_salute: `() => 'Hail'`,
    live_guard: '() => new Promise(() => {})',
  },
};
let browser: Browser;
beforeAll(async () => {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});
afterAll(() => browser.close());

interface Opened {
  readonly page: Page;
  readonly swapper: Swapper;
  readonly folder: string;
  readonly complaints: string[];
}

async function open(colorScheme: 'dark' | 'light'): Promise<Opened> {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper = openSwapper(folder);
  const port = await openAdminPort(swapper, 0, '127.0.0.1');
  onTestFinished(() => port.close());
  await swapper.load();
  const context = await browser.newContext({ colorScheme, viewport: { width: 1000, height: 1100 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(String(error)));
  await page.goto(port.page);
  return { page, swapper, folder, complaints };
}

test.for(['light', 'dark'] as const)('the page shows a swapper at work, in %s', async (scheme) => {
  const { page, swapper, folder, complaints } = await open(scheme);
  await page.getByRole('status').getByText('connected').waitFor();
  expect(page.url()).not.toContain('token');
  // This call is pending until the swapper is destroyed.
  swapper.call('live_guard').catch(() => {});
  for (let calls = 0; calls < 50; calls++) await swapper.call('live_salute');
  await deploy(folder, { ...guardian, module: '// another one' });
  await swapper.reload();
  await page.getByRole('listitem').filter({ hasText: 'live_guard' }).waitFor();
  await page.getByRole('article', { name: 'Plugin guardian' }).getByText('50 calls, 0 failed').waitFor();
  const versions = page.getByRole('table', { name: 'Versions of guardian' });
  await versions.getByRole('cell', { name: 'draining', exact: true }).waitFor();
  await page.getByText(/generation 2 by reload/).waitFor();
  await deploy(folder, { ...guardian, module: 'throw new Error("broken")' });
  await swapper.reload().catch(() => {});
  await page
    .getByRole('log', { name: 'Events' })
    .getByText(/reloadFailed.*broken/)
    .waitFor();
  expect(await page.getByRole('img', { name: /The last minute: .* calls\/s now/ }).count()).toBe(1);
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: resolve(pictures, `admin-${scheme}.png`) });
  expect(complaints).toEqual([]);
});

test('a release that would break what is used is shown with what was and what would be', async () => {
  const { page, swapper, folder, complaints } = await open('light');
  await page.getByRole('status').getByText('connected').waitFor();
  await deploy(folder, guardian, { name: 'herald', uses: [{ name: 'live_salute' }] });
  await swapper.reload();
  await deploy(folder, { ...guardian, live: { live_guard: '() => 1' } });
  await expect(swapper.reload()).rejects.toMatchObject({ cause: { code: 'CONTRACT_BROKEN' } });
  const broken = page
    .getByRole('log', { name: 'Events' })
    .getByRole('listitem')
    .filter({ hasText: /^live_salute/ });
  await broken.waitFor();
  expect(await broken.locator('del').count()).toBe(1);
  expect(await broken.locator('ins').textContent()).toBe('absent');
  await page.screenshot({ path: resolve(pictures, 'admin-breaks.png') });
  expect(complaints).toEqual([]);
});

test('on a narrow screen nothing sticks out, and what is selected stays so', async () => {
  const { page, swapper, complaints } = await open('dark');
  await page.setViewportSize({ width: 360, height: 800 });
  await page.getByRole('table', { name: 'Versions of guardian' }).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  const scrolled = `document.querySelector('.scroll').scrollLeft`;
  await page.evaluate(`${scrolled} = 50; getSelection().selectAllChildren(document.querySelector('h3'))`);
  await swapper.call('live_salute');
  await page.getByText('1 calls, 0 failed').waitFor();
  expect(await page.evaluate(`[${scrolled}, String(getSelection())]`)).toEqual([50, 'guardian']);
  await page.screenshot({ path: resolve(pictures, 'admin-narrow.png') });
  expect(complaints).toEqual([]);
});

test('a reload and a rollback are made by the keyboard, and the page says when the server is gone', async () => {
  const { page, swapper, folder, complaints } = await open('light');
  await page.getByRole('status').getByText('connected').waitFor();
  await deploy(folder, { ...guardian, module: '// another one' });
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('reload');
  await page.keyboard.press('Enter');
  await page.getByText(/generation 2 by reload/).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText(/generation 3 by rollback/).waitFor();
  expect(complaints).toEqual([]);
  await swapper.close();
  await page
    .getByRole('status')
    .getByText(/connection lost/)
    .waitFor();
});
