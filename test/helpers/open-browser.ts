import { chromium, type Browser } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** A browser that asks nothing of any network but this machine's. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens Chromium; it is gone when the running test is over. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: quiet });
  onTestFinished(() => browser.close());
  return browser;
}
