// The one gate: `npm run ok`. Prints a line for each step with its time, and output only of steps that fail; runs all steps even
// after a failure. `--except tests` leaves a step out.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const steps = [
  ['types', 'npm run --silent typecheck'],
  ['lint', 'npm run --silent lint'],
  ['format', 'npm run --silent format:check'],
  ['dead code', 'npm run --silent deadcode'],
  ['build', 'npm run --silent compile'],
  ['package', 'npm run --silent package:check'],
  ['consumer', 'node .ci/consume.mjs'],
  ['tests', 'npm test --silent'],
];

const { values } = parseArgs({ options: { except: { type: 'string', multiple: true, default: [] } } });
const failed = [];
const began = performance.now();
for (const [name, command] of steps.filter(([name]) => !values.except.includes(name))) {
  const { ok, output, seconds } = await run(command);
  console.log(`${ok ? '✓' : '✗'} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`);
  if (ok) continue;
  failed.push(name);
  console.log(output.trim().replaceAll(/^/gm, '    '));
}
const total = ((performance.now() - began) / 1000).toFixed(1);
console.log(failed.length === 0 ? `ok in ${total} s` : `not ok in ${total} s: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function run(command) {
  const start = performance.now();
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { ok: code === 0, output, seconds: (performance.now() - start) / 1000 };
}
