import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { deploy } from '../helpers/compose-plugin.js';
import { runHost } from '../helpers/run-host.js';
import { tempFolder } from '../helpers/temp-folder.js';

const code = `
const swapper = new Swapper(args[0], { standby: false });
await swapper.load();
const caught = (call) => call.then(() => 'nothing', (error) => error);
const thrown = await caught(swapper.call('live_throw'));
const seen = [];
for await (const one of await swapper.call('live_count')) seen.push(one);
for await (const one of (await swapper.call('live_body')).body) seen.push(one);
const sent = await swapper.call('live_same', { when: new Date(5), url: new URL('http://gate/'), map: new Map([[1, new Set([2])]]), why: new TypeError('dry') });
const controller = new AbortController();
const waiting = swapper.call('live_wait', controller.signal);
controller.abort('retreat');
const waited = await waiting;
const died = await caught(swapper.call('live_exit'));
const details = await swapper.reload(undefined, { force: true });
console.log(JSON.stringify({
  thrown: [thrown instanceof RangeError, thrown.message, thrown.code, thrown.stack.includes('live_throw')],
  back: await swapper.call('live_back', (count) => count + 1),
  seen,
  sent: [sent.when.getTime(), sent.url.href, sent.map.get(1).has(2), sent.why instanceof TypeError, sent.why.message],
  waited,
  died: died.code,
  details: { ...details },
}));
await swapper.close();
`;

test('host and threads run with --frozen-intrinsics', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    live: {
      live_throw: '() => { throw Object.assign(new RangeError("No sword."), { code: "E_SWORD" }); }',
      live_back: '(back) => back(1)',
      live_count: 'async function* () { yield 1; yield 2; }',
      live_body: '() => ({ body: ReadableStream.from(["three"]) })',
      live_same: '(value) => value',
      live_wait:
        '(signal) => signal.aborted ? signal.reason : new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)))',
      live_exit: '() => process.exit(3)',
    },
  });
  const printed = await runHost({ code, args: [folder], node: ['--frozen-intrinsics', '--no-warnings'] });
  expect(JSON.parse(printed)).toEqual({
    thrown: [true, 'No sword.', 'E_SWORD', true],
    back: 2,
    seen: [1, 2, 'three'],
    sent: [5, 'http://gate/', true, true, 'dry'],
    waited: 'retreat',
    died: 'THREAD_CRASHED',
    details: { guardian: 'forced' },
  });
});

test('an app listens with --frozen-intrinsics, and a refusal names its line', async () => {
  const { folder } = await appProject({
    'server.js':
      "require('http').createServer((request, response) => response.end('open')).listen(0, '127.0.0.1');",
  });
  const library = pathToFileURL(resolve(import.meta.dirname, '../../dist/lib/app/index.js')).href;
  const serving = `
    import { writeFileSync } from 'node:fs';
    const { serveApp } = await import(${JSON.stringify(library)});
    const app = await serveApp(args[0], { lingerMs: 0 });
    const answer = await fetch(app.urls[0]).then((response) => response.text());
    writeFileSync(args[0], '\\nprocess.exit(3);');
    const refused = await app.reload().catch((error) => error);
    console.log(JSON.stringify([answer, String(refused.cause?.message)]));
    await app.close();`;
  const printed = await runHost({
    code: serving,
    args: [join(folder, 'server.js')],
    node: ['--frozen-intrinsics', '--no-warnings'],
  });
  const [answer, why] = JSON.parse(printed) as [string, string];
  expect(answer).toBe('open');
  expect(why).toMatch(/server\.js:2:9/);
});
