import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openProject, platformPackages } from './platform-project.js';

/** Loads, calls, reloads under calls, goes back, and closes. */
const life = `import { copyFileSync } from 'node:fs';
import { Swapper } from 'liveswap';
const swapper = new Swapper('artifacts', { keep: 1 });
await swapper.load();
const said = [await swapper.call('live_salute', 'Ada')];
const pending = Array.from({ length: 100 }, () => swapper.call('live_salute', 'Ada'));
copyFileSync('next/guardian.plugin.mjs', 'artifacts/guardian.plugin.mjs');
said.push(String(await swapper.reload()), await swapper.call('live_salute', 'Ada'));
said.push((await Promise.all(pending)).length);
await swapper.rollback();
said.push(await swapper.call('live_salute', 'Ada'));
await swapper.close();
console.log(said.join(' | '));
`;

const whole = 'Hail Ada | guardian: ok | Good day Ada | 100 | Hail Ada';

test.for([
  ['Node', process.execPath, []],
  ['Bun', programOf('@oven', 'bin/bun'), ['run']],
  ['Deno', programOf('@deno', 'deno'), ['run', '--allow-all', '--node-modules-dir=manual']],
] as const)('%s loads, calls, reloads, goes back and closes', async ([, runtime, args]) => {
  const project = await openProject({ 'host.mjs': life });
  const { output } = await project.run(runtime, ...args, 'host.mjs');
  expect(output.trim()).toBe(whole);
});

/** The program of a runtime; its package for this system holds it, and no script has put it anywhere else. */
function programOf(scope: string, path: string): string {
  const [system = ''] = readdirSync(join(platformPackages, scope));
  return join(platformPackages, scope, system, path);
}
