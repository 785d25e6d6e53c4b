import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { platformPackages } from './places.js';
import { host, openProject, type PlatformProject } from './platform-project.js';

/** Bundles `host.mjs` into `bundle/host.mjs`, with liveswap inside or outside of the bundle. */
type Bundle = (project: PlatformProject, isOutside: boolean) => Promise<unknown>;

const requireInModules =
  "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

const bundlers: Readonly<Record<string, Bundle>> = {
  esbuild: ({ folder }, isOutside) =>
    esbuild({
      entryPoints: [join(folder, 'host.mjs')],
      outfile: join(folder, 'bundle/host.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      banner: { js: requireInModules },
      ...(isOutside && { external: ['liveswap'] }),
    }),
  webpack: async (project, isOutside) => {
    const config = `export default {
      mode: 'production', target: 'node20', entry: './host.mjs', experiments: { outputModule: true },
      output: { path: ${JSON.stringify(join(project.folder, 'bundle'))}, filename: 'host.mjs', module: true },
      ${isOutside ? "externals: { liveswap: 'module liveswap' }," : ''}
    };`;
    await bundleBy(
      project,
      `import webpack from 'webpack';
      ${config.replace('export default', 'const config =')}
      webpack(config, (error, stats) => {
        if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
      });`,
    );
  },
  'vite ssr': (project, isOutside) =>
    bundleBy(
      project,
      `import { build } from 'vite';
      await build({
        logLevel: 'silent',
        ssr: ${isOutside ? "{ external: ['liveswap'] }" : '{ noExternal: true }'},
        build: { ssr: 'host.mjs', outDir: 'bundle', rollupOptions: { output: { entryFileNames: 'host.mjs' } } },
      });`,
    ),
  ncc: async (project, isOutside) => {
    const ncc = join(platformPackages, '@vercel/ncc/dist/ncc/cli.js');
    const args = isOutside ? ['--external', 'liveswap'] : [];
    const { code, output } = await project.node(ncc, 'build', 'host.mjs', '--out', 'bundle', ...args);
    if (code !== 0) throw new Error(output);
    await bundleBy(
      project,
      "import { renameSync } from 'node:fs'; renameSync('bundle/index.mjs', 'bundle/host.mjs');",
    );
  },
};

describe.for(Object.entries(bundlers))('a host that %s has bundled', ([, bundle]) => {
  test('says that liveswap is in the bundle, and what to do', async () => {
    const project = await openProject({ 'host.mjs': host });
    await bundle(project, false);
    const { output } = await project.node('bundle/host.mjs');
    expect(output).toMatch(/liveswap was bundled into the host.* START_FAILED/);
  });

  test('runs when liveswap is left out of the bundle', async () => {
    const project = await openProject({ 'host.mjs': host });
    await bundle(project, true);
    const { output } = await project.node('bundle/host.mjs');
    expect(output).toMatch(/^Hail Ada\nguardian: unchanged/);
  });
});

/** A host that uses parts of liveswap that need files of the package before any thread starts. */
const parts = `import { Swapper } from 'liveswap';
import { serveApp } from 'liveswap/app';
import { tracing } from 'liveswap/otel';
import { watch } from 'liveswap/watch';
const swapper = new Swapper('artifacts');
const uses = {
  app: () => serveApp('host.mjs'),
  build: () => import('liveswap/build'),
  otel: () => tracing({ thread: './spans.js' }),
  watch: () => new Promise((_resolve, reject) => {
    const logger = { debug() {}, info() {}, warn() {}, error: ({ err }) => reject(err) };
    watch(swapper, { sources: ['plugins'], logger });
  }),
};
for (const [name, use] of Object.entries(uses)) {
  await Promise.resolve().then(use).catch(({ code, message }) => console.log(name, code, message));
}
await swapper.close();
`;

test('each part of a bundled liveswap says the same', async () => {
  const project = await openProject({ 'host.mjs': parts, 'plugins/guardian/index.ts': '' });
  await bundlers['esbuild']?.(project, false);
  const { output } = await project.node('bundle/host.mjs');
  const refusal = 'START_FAILED liveswap was bundled into the host';
  for (const name of ['app', 'build', 'otel', 'watch']) expect(output).toContain(`${name} ${refusal}`);
});

async function bundleBy(project: PlatformProject, script: string): Promise<void> {
  const { code, output } = await project.node('--input-type=module', '-e', script);
  if (code !== 0) throw new Error(output);
}
