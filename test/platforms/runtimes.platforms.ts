import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { platformPackages } from './places.js';
import { openProject, wholeLife, wholeLifeSaid } from './platform-project.js';

test.for([
  ['Node', process.execPath, []],
  ['Bun', programOf('@oven', 'bin/bun'), ['run']],
  ['Deno', programOf('@deno', 'deno'), ['run', '--allow-all', '--node-modules-dir=manual']],
] as const)('%s loads, calls, reloads, goes back and closes', async ([, runtime, args]) => {
  const project = await openProject({ 'host.mjs': wholeLife });
  const { output } = await project.run(runtime, ...args, 'host.mjs');
  expect(output.trim()).toBe(wholeLifeSaid);
});

/** Returns the path of a runtime's program in its package for this system, because no install script has copied it elsewhere. */
function programOf(scope: string, path: string): string {
  const [system = ''] = readdirSync(join(platformPackages, scope));
  return join(platformPackages, scope, system, path);
}
