import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('a thread that dies of what nobody catches is not ended in the middle of the native work that it has begun', async () => {
  const folder = await tempFolder();
  const vault = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    module: "import { writeFile } from 'node:fs';",
    live: {
      live_fall: `(vault) => {
        for (let at = 0; at < 100; at++) writeFile(vault + '/' + at, 'x', () => {});
        setImmediate(() => { throw new RangeError('No sword.'); });
        return new Promise(() => {});
      }`,
    },
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  await expect(swapper.call('live_fall', vault)).rejects.toMatchObject({
    code: 'THREAD_CRASHED',
    cause: { name: 'RangeError', message: 'No sword.' },
  });
  await expect.poll(() => readdirSync(vault).length).toBe(100);
});

test('a package that ends the process while it is loaded is named, with the code and the place', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', module: 'function desert() { process.exit(1); } desert();' });
  await expect(openSwapper(folder).load()).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    cause: {
      code: 'START_FAILED',
      message: expect.stringMatching(/process\.exit\(1\) was called at desert/),
      cause: { cause: { stack: expect.stringMatching(/at desert .*guardian/) } },
    },
  });
});

test('ending waits for a thread that native code keeps, and says so', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    module: "import { execSync } from 'node:child_process';",
    live: {
      live_doze: `(port, bed) => {
        port.postMessage('good night');
        execSync(\`for i in $(seq 400); do [ -e '\${bed}' ] || break; sleep 0.05; done\`);
      }`,
    },
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  const lingers = nextEvent(swapper, 'threadLingers');
  const bed = join(folder, 'bed');
  await writeFile(bed, '');
  const { port1, port2 } = new MessageChannel();
  const dozes = swapper.with({ transfer: [port2] }).call('live_doze', port2, bed);
  const cut = expect(dozes).rejects.toMatchObject({ code: 'CLOSED' });
  await once(port1, 'message');
  port1.close();
  const destroyed = swapper.destroy();
  await cut;
  expect(await lingers).toMatchObject({ plugin: 'guardian', thread: 0 });
  await rm(bed);
  await destroyed;
});
