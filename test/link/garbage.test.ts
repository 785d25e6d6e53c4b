import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const garbage = new URL('../../dist/lib/link/garbage.js', import.meta.url).href;

/** Collects garbage in a process, and prints the type of `gc` in a thread that is started afterwards. */
const program = `
  import { once } from 'node:events';
  import { Worker } from 'node:worker_threads';
  import { collect } from ${JSON.stringify(garbage)};
  collect();
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage(typeof gc)', { eval: true, execArgv: [] });
  console.log((await once(worker, 'message'))[0]);
`;

test.each([
  ['with --expose-gc', ['--expose-gc'], 'function'],
  ['without it', [], 'undefined'],
])('in a process %s, a collection leaves the flags as they were', async (_, flags, type) => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '--eval', program]);
  expect(stdout.trim()).toBe(type);
});
