import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { tempFolder } from '../helpers/temp-folder.js';

const library = fileURLToPath(new URL('../../dist/lib/index.js', import.meta.url));

/** A host that loads one plugin and prints the outcome. */
const host = `
import { Swapper } from ${JSON.stringify(library)};
const swapper = new Swapper(process.argv[2]);
swapper.load().then(() => swapper.call('live_answer'), (error) => error.message + ' ' + error.cause?.code)
  .then(async (said) => { console.log(said); await swapper.close(); });
`;

test.for([
  ['esm', 'mjs'],
  ['cjs', 'cjs'],
] as const)(
  'a host into which liveswap was bundled, as %s, says so, and what to do',
  async ([format, ending]) => {
    const folder = await tempFolder();
    await deploy(folder, { name: 'guardian', live: { live_answer: '() => "Hail"' } });
    const outfile = join(folder, `host.${ending}`);
    await build({
      stdin: { contents: host, resolveDir: folder },
      bundle: true,
      platform: 'node',
      format,
      outfile,
      logLevel: 'silent',
      // A module made from CommonJS needs `require`.
      ...(format === 'esm' && {
        banner: {
          js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
        },
      }),
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile, folder]);
    expect(stdout).toMatch(/liveswap was bundled into the host.* leave it out of the bundle .* START_FAILED/);
  },
);
