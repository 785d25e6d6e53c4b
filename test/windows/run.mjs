// `npm run test:windows`: runs what README.md here lists by the Windows program of Node, under Wine.
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Machine, missingPackages } from './machine.mjs';
import { notUnderWine } from './not-under-wine.mjs';
import { layOutProject } from './project.mjs';

const missing = await missingPackages();
if (missing.length === 0) process.exitCode = await run();
else {
  console.error(
    `NOT RUN: the Windows suite needs Wine. On Debian: apt-get install --no-install-recommends ${missing.join(' ')}`,
  );
  // In CI a suite that did not run is a failure: no other job runs it.
  process.exitCode = process.env.CI ? 1 : 0;
}

async function run() {
  // The machine is outside of the repository, because files below a `node_modules` would count as a package. Each clone has its
  // own.
  const clone = createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 8);
  const folder = join(tmpdir(), `liveswap-windows-${process.getuid()}-${clone}`);
  const machine = new Machine(join(folder, 'machine'));
  const project = join(folder, 'project');
  try {
    await Promise.all([machine.setUp(), layOutProject(project)]);
    const { code, stdout, stderr } = await machine.node(
      project,
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project=windows',
      `--testNamePattern=^(?!.*(?:${notUnderWine.join('|')}))`,
      ...process.argv.slice(2),
    );
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    console.log(
      `Not run under Wine, because it cannot: ${notUnderWine.map((name) => `\n  ${name}`).join('')}`,
    );
    return code ?? 1;
  } finally {
    await machine.shutDown();
  }
}
