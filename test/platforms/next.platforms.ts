import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../helpers/free-port.js';
import type { Files } from '../helpers/write-plugins.js';
import { platformPackages } from './places.js';
import { openProject } from './platform-project.js';

const next = join(platformPackages, 'next/dist/bin/next');

/** An app as docs/platforms.md shows it. */
const app: Files = {
  'swapper.js': `import { Swapper } from 'liveswap';

export function openSwapper() {
  globalThis.swapper ??= open();
  return globalThis.swapper;
}

async function open() {
  const swapper = new Swapper('artifacts');
  await swapper.load();
  return swapper;
}
`,
  'app/salute/route.js': `import { openSwapper } from '../../swapper.js';

export const dynamic = 'force-dynamic';

export async function GET() {
  try {
    const swapper = await openSwapper();
    return new Response(await swapper.call('live_salute', 'Ada'));
  } catch (error) {
    return new Response(error.message + ' ' + error.cause?.code, { status: 500 });
  }
}

export async function POST() {
  const swapper = await openSwapper();
  return new Response(String(await swapper.reload()));
}
`,
};

/** Builds an app and starts it. */
async function serve(files: Files) {
  const project = await openProject({ ...app, ...files });
  const { code, output } = await project.node(next, 'build');
  if (code !== 0) throw new Error(output);
  const port = await freePort();
  const server = project.start(process.execPath, next, 'start', '--port', String(port));
  await server.lines.next(/Ready/);
  const ask = async (method: 'GET' | 'POST'): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}/salute`, { method })).text();
  return { ask, deployNext: () => project.deployNext() };
}

test('Next bundles liveswap unless it is told not to, and then says what to do', async () => {
  const { ask } = await serve({});
  expect(await ask('GET')).toMatch(
    /liveswap was bundled .*serverExternalPackages: \['liveswap'\].* START_FAILED/,
  );
});

test('a route handler calls a live function, and the next release without a restart', async () => {
  const { ask, deployNext } = await serve({
    'next.config.js': "export default { serverExternalPackages: ['liveswap'] };",
  });
  expect(await ask('GET')).toBe('Hail Ada');
  await deployNext();
  expect(await ask('POST')).toBe('guardian: ok');
  expect(await ask('GET')).toBe('Good day Ada');
});
