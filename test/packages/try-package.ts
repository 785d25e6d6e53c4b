import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { BuildSession, type BuiltPlugin } from '../../lib/compiler/index.js';
import { Swapper } from '../../lib/swap/swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';
import type { PackageUse } from './package-use.js';

const packages = fileURLToPath(new URL('node_modules', import.meta.url));
const RELOADS = 5;

const root = `import { definePlugin } from 'liveswap/plugin';
import { use } from './use.js';
export default definePlugin({ functions: { use } });
`;

/** Builds a plugin that uses a package, without flags, calls it, reloads it five times under load, and closes it. */
export async function tryPackage(use: PackageUse): Promise<void> {
  const workshop = await openWorkshop(use);
  const server = await tempFolder();
  // The server has packages only if the build says that one has to stay outside.
  if (use.outside !== undefined) await symlink(packages, join(server, 'node_modules'), 'junction');
  // Two builds are enough: each reload goes from one to the other.
  const releases = [await workshop.release('first'), await workshop.release('second')];
  await deploy(releases[0]!, server);
  const swapper = new Swapper(server);
  onTestFinished(() => swapper.close());
  await swapper.load();
  const call = () => swapper.current.plugin(use.name).invoke('use');
  await expect(call()).resolves.toEqual(use.gives);

  let isLoaded = true;
  const answers: unknown[] = [];
  const load = (async () => {
    while (isLoaded) answers.push(await call());
  })();
  onTestFinished(() => {
    isLoaded = false;
  });
  for (let reload = 1; reload <= RELOADS; reload++) {
    await deploy(releases[reload % 2]!, server);
    expect(String(await swapper.reload())).toContain('ok');
  }
  isLoaded = false;
  await load;
  for (const answer of answers) expect(answer).toEqual(use.gives);
}

/** Writes the plugin's sources, and opens a session that builds them. */
async function openWorkshop({ name, code, outside }: PackageUse) {
  const folder = await tempFolder();
  const plugin = join(folder, 'plugins', name);
  await symlink(packages, join(folder, 'node_modules'), 'junction');
  await writeFiles(plugin, {
    'index.ts': root,
    'use.js': code,
    'use.d.ts': 'export declare const use: () => Promise<unknown>;\n',
  });
  const session = new BuildSession({ sources: [plugin], outDir: join(folder, 'out') });
  onTestFinished(() => session.close());
  const build = async (changed: readonly string[]): Promise<BuiltPlugin> => {
    const [report] = await session.rebuild(changed);
    if (report?.state !== 'built') throw new Error(`${name} was not built: ${JSON.stringify(report)}`);
    const needed = report.outside.filter(({ isNeeded }) => isNeeded).map((one) => one.name);
    for (const one of needed) expect(one).toBe(outside);
    if (outside !== undefined) expect(report.outside.map((one) => one.name)).toContain(outside);
    return report;
  };
  const file = join(plugin, 'use.js');
  let built = 0;
  return {
    /** Makes an edit and builds it. Resolves to a copy of the artifact. */
    async release(edit: string): Promise<Release> {
      await writeFile(file, `${code}\nexport const edit = '${edit}';\n`);
      const { artifact } = await build(built++ === 0 ? [] : [file]);
      const copy = join(folder, `${edit}.plugin.mjs`);
      await copyFile(artifact.file, copy);
      return { name, file: copy };
    },
  };
}

interface Release {
  readonly name: string;
  readonly file: string;
}

async function deploy({ name, file }: Release, server: string): Promise<void> {
  await mkdir(server, { recursive: true });
  await copyFile(file, join(server, `${name}.plugin.mjs`));
}
