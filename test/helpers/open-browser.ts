import { chromium, type Browser } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** Options of a browser that sends no requests to other machines. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens Chromium; it is closed when the running test is over. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: quiet });
  onTestFinished(() => browser.close());
  return browser;
}
