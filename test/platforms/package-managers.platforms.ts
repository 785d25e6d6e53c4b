import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../helpers/free-port.js';
import { platformPackages, repository } from './places.js';
import { openBareProject, wholeLife, wholeLifeSaid } from './platform-project.js';

const yarn = join(platformPackages, '@yarnpkg/cli-dist/bin/yarn.js');
const pnpm = join(platformPackages, 'pnpm/bin/pnpm.mjs');

/** Returns the versions of liveswap's dependencies in this repository's lock file, so that newer ones surprise nobody. */
function lockedVersions(): Record<string, string> {
  const { packages } = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { readonly version?: string; readonly dependencies?: Record<string, string> }>;
  };
  const names = Object.keys(packages['']?.dependencies ?? {});
  return Object.fromEntries(names.map((name) => [name, packages[`node_modules/${name}`]?.version ?? '*']));
}

const dependencies = { liveswap: 'file:./liveswap.tgz' };

test("under Yarn's Plug'n'Play a host and an app run, and a build says at once that it does not", async () => {
  const project = await openBareProject(
    {
      'package.json': JSON.stringify({ type: 'module', dependencies, resolutions: lockedVersions() }),
      '.yarnrc.yml': 'nodeLinker: pnp\n',
      'yarn.lock': '',
      'host.mjs': wholeLife,
      'server.mjs': `import { createServer } from 'node:http';
createServer((_request, response) => response.end('Hail')).listen(process.argv[2], '127.0.0.1');
`,
      'plugins/guardian/index.ts': 'export {};\n',
    },
    { YARN_ENABLE_IMMUTABLE_INSTALLS: '0', YARN_ENABLE_SCRIPTS: '0', YARN_ENABLE_TELEMETRY: '0' },
  );
  const run = (...args: string[]) => project.node(yarn, ...args);
  expect(await run('install')).toMatchObject({ code: 0 });
  expect((await run('node', 'host.mjs')).output.trim()).toBe(wholeLifeSaid);
  const port = await freePort();
  const app = project.start(process.execPath, yarn, 'liveswap', 'start', 'server.mjs', '--', String(port));
  await app.lines.next(new RegExp(`:${port}`));
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('Hail');
  await app.end();
  // Those that watch end, too: no save would mend it.
  for (const command of ['build plugins dist', 'build --watch plugins dist', 'dev plugins']) {
    const { code, output } = await run('liveswap', ...command.split(' '));
    expect(code, command).not.toBe(0);
    expect(output).toContain("Cannot build under Yarn's Plug'n'Play");
  }
});

test('with pnpm, which isolates packages, plugins that import one are built, run and developed', async () => {
  const { devalue, ...others } = lockedVersions();
  const overrides = Object.entries(others).map(([name, version]) => `  '${name}': ${version}\n`);
  const project = await openBareProject({
    'package.json': JSON.stringify({ type: 'module', dependencies: { ...dependencies, devalue } }),
    'pnpm-workspace.yaml': `overrides:\n${overrides.join('')}`,
    'host.mjs': wholeLife,
    'plugins/guardian/index.ts': `import { uneval } from 'devalue';
import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
export async function live_salute(name: string): Promise<string> { return 'Hail ' + uneval(name); }
`,
  });
  const run = (...args: string[]) => project.node(pnpm, ...args);
  expect(await run('install', '--ignore-scripts', '--no-frozen-lockfile')).toMatchObject({ code: 0 });
  expect(await run('exec', 'liveswap', 'build', 'plugins', 'artifacts')).toMatchObject({ code: 0 });
  expect((await run('exec', 'node', 'host.mjs')).output.trim()).toBe(
    'Hail "Ada" | guardian: ok | Good day Ada | 100 | Hail "Ada"',
  );
  const dev = project.start(process.execPath, pnpm, 'exec', 'liveswap', 'dev', 'plugins');
  await dev.lines.next(/^ready /);
  const source = join(project.folder, 'plugins/guardian/index.ts');
  await writeFile(source, (await readFile(source, 'utf8')).replace('Hail', 'Good day'));
  await dev.lines.next(/guardian swapped in/);
  await dev.end();
});
