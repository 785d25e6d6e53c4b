import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { openBrowser } from '../helpers/open-browser.js';
import { quietEnv } from '../helpers/quiet-env.js';

const repository = resolve(import.meta.dirname, '../..');

it('the demo edits the code behind a page, which keeps its socket and says in new words', async () => {
  const demo = spawn(process.execPath, ['dist/bench/demo/main.js', '--page'], {
    cwd: repository,
    env: quietEnv({ PORT: '0' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void demo.kill('SIGKILL'));
  const ended = once(demo, 'close');
  const url = await new Promise<string>((found) => {
    createInterface({ input: demo.stdout }).on('line', (line) => {
      const [, address] = /Open (http:\S+) in a browser/.exec(line) ?? [];
      if (address) found(address);
    });
  });
  const page = await (await openBrowser()).newPage({ viewport: { width: 720, height: 720 } });
  await page.goto(url);
  const textOf = async (id: string): Promise<string | null> => page.textContent(`#${id}`);
  await expect.poll(() => textOf('state')).toBe('open');
  const opened = await textOf('opened');
  for (const verb of ['shouts', 'whispers']) await page.getByText(verb).first().waitFor();
  await expect.poll(async () => Number(await textOf('swaps'))).toBeGreaterThan(1);
  expect([await textOf('state'), await textOf('opened')]).toEqual(['open', opened]);
  await mkdir(resolve(repository, 'out'), { recursive: true });
  await page.screenshot({ path: resolve(repository, 'out/demo.png') });
  demo.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});
