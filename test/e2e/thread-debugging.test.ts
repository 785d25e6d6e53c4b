import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { findScript } from '../helpers/thread-inspector.js';
import { writeFiles } from '../helpers/write-plugins.js';

const library = pathToFileURL(fileURLToPath(new URL('../../dist/lib/index.js', import.meta.url))).href;

test('a debugger reaches a plugin in its thread, as an editor does: it stops where the plugin says so', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'tower', live: { live_climb: '(steps) => { debugger; return steps + 1; }' } });
  await writeFiles(folder, {
    'host.mjs': `import { Swapper } from ${JSON.stringify(library)};
      const swapper = new Swapper(${JSON.stringify(folder)}, { standby: false });
      await swapper.load();
      process.stdin.once('data', async () => {
        console.log('climbed ' + await swapper.call('live_climb', 1));
        await swapper.close();
      });
      console.log('ready');`,
  });
  const host = spawn(process.execPath, ['--inspect=127.0.0.1:0', join(folder, 'host.mjs')], {
    env: quietEnv(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void host.kill('SIGKILL'));
  const said = createInterface({ input: host.stdout });
  const [[line], [address]] = await Promise.all([
    once(said, 'line') as Promise<[string]>,
    addressFrom(createInterface({ input: host.stderr })),
  ]);
  expect(line).toBe('ready');

  const { thread } = await findScript(address, /tower/);
  host.stdin.write('climb\n');
  await thread.paused;
  const climbed = once(said, 'line') as Promise<[string]>;
  await thread.tell('Debugger.resume');
  expect(await climbed).toEqual(['climbed 2']);
});

async function addressFrom(lines: AsyncIterable<string>): Promise<[string]> {
  for await (const line of lines) {
    const [address] = /ws:\/\/\S+/.exec(line) ?? [];
    if (address !== undefined) return [address];
  }
  throw new Error('There is no inspector.');
}
