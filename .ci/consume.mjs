// Packs the library and uses it as a stranger would: from the tarball, in an empty project, in JavaScript and TypeScript.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'liveswap-consume-'));
const run = (command, args, cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const write = (path, text) => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};

try {
  const [{ filename, files, size }] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', folder], '.'),
  );
  // Findings name the page of their rule, on a server that shows what is in the package.
  const stray = files
    .map(({ path }) => path)
    .filter(
      (path) =>
        !/^(lib\/cli\/bin\.js$|dist\/(entries|lib|plugin-modules|workers)\/|docs\/[\w/-]+\.(md|svg)$|editor\/package\.json$|CHANGELOG\.md$|templates\/|package\.json$|README\.md$|LICENSE$)/.test(
          path,
        ),
    );
  if (stray.length > 0) throw new Error(`The package holds what it should not: ${stray.join(', ')}`);
  console.log(`${filename}: ${files.length} files, ${Math.round(size / 1024)} KiB`);

  write('package.json', JSON.stringify({ private: true, type: 'module' }));
  run('npm', [
    'install',
    '--no-audit',
    '--no-fund',
    join(folder, filename),
    'typescript@6.0.3',
    'typescript-5@npm:typescript@5.9.3',
    '@types/node@20',
  ]);
  write(
    'plugins/guardian/index.ts',
    `import { definePlugin } from 'liveswap/plugin';
     export default definePlugin({ functions: { polish: (times: number) => times } });
     export async function live_salute(name: string): Promise<string> { return \`Hail \${name}\`; }`,
  );
  run('npx', ['liveswap', 'build', 'plugins', 'dist/plugins']);
  write(
    'host.mjs',
    `import { Swapper } from 'liveswap';
     const swapper = new Swapper('dist/plugins');
     await swapper.load();
     console.log(await swapper.call('live_salute', 'Ada'));
     await swapper.close();`,
  );
  const said = run('node', ['host.mjs']).trim();
  if (said !== 'Hail Ada') throw new Error(`The host said ${said}.`);
  write(
    'host.ts',
    `import { Swapper, isLiveswapError, type SwapperOptions } from 'liveswap';
     import { watch } from 'liveswap/watch';
     import { build } from 'liveswap/build';
     import type { LiveFunctions } from './dist/plugins/live.js';
     const options: SwapperOptions = { threads: 2 };
     const swapper = new Swapper('dist/plugins', options);
     const hail: Promise<string> = swapper.live<LiveFunctions>().live_salute('Ada');
     // @ts-expect-error a number is no name
     void swapper.live<LiveFunctions>().live_salute(1);
     export { build, hail, isLiveswapError, watch };`,
  );
  // The types must be right with the types of a browser, and without them.
  const compiler = [
    'tsc',
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node',
  ];
  // Every entry point is compiled without skipLibCheck: whatever its declarations name must be there.
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
  const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
  write(
    'entries.ts',
    entries.map((entry, at) => `export type * as entry${at} from 'liveswap${entry.slice(1)}';`).join('\n'),
  );
  run('npx', [...compiler, 'entries.ts']);
  run('npx', [...compiler, 'host.ts']);
  run('npx', [...compiler, '--lib', 'es2023,esnext.disposable', 'host.ts']);
  // Older servers use CommonJS, for which TypeScript 5 finds modules without reading `exports`.
  write('older/package.json', JSON.stringify({ private: true, type: 'commonjs' }));
  write(
    'older/host.ts',
    `import { Swapper, isLiveswapError } from 'liveswap';
     import { serve } from 'liveswap/http';
     import { watch } from 'liveswap/watch';
     import { definePlugin } from 'liveswap/plugin';
     import { fromNodeHandler } from 'liveswap/http/plugin';
     async function main(): Promise<void> {
       const swapper = new Swapper('dist/plugins');
       await swapper.load();
       console.log(await swapper.call('live_salute', 'Ada'), typeof isLiveswapError, typeof serve, typeof watch);
       await swapper.close();
     }
     export { definePlugin, fromNodeHandler };
     void main();`,
  );
  const older = [
    'node_modules/typescript-5/bin/tsc',
    '--strict',
    '--module',
    'commonjs',
    '--target',
    'es2022',
  ];
  run('node', [...older, '--outDir', 'older', '--types', 'node', 'older/host.ts']);
  const heard = run('node', ['--no-warnings', 'older/host.js']).trim();
  if (heard !== 'Hail Ada function function function') throw new Error(`The older host said ${heard}.`);
  console.log(`used from the tarball on Node ${process.version}, in JavaScript and TypeScript`);
} catch (error) {
  console.error(error.stdout ?? '', error.stderr ?? '', error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
