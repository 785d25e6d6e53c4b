import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isWithin, relativePath } from '../../core/paths.js';
import { isArtifactName } from '../../manifest/artifact.js';
import { existingAmong } from './existing-files.js';

/** Folders in the package of an app that servers usually read by a path relative to the working folder. */
const USUAL_FOLDERS = [
  'views',
  'public',
  'templates',
  'migrations',
  'routes',
  'plugins',
  'locales',
  'config',
];

/** The files of an app, and folders that were left on the disk. */
interface Taken {
  /** Absolute path of the folder of the app's package. */
  readonly home: string;
  /** Absolute path of the folder that all files are in. */
  readonly root: string;
  readonly paths: readonly string[];
  readonly tooLarge: readonly string[];
}

/** Resolves to warnings about files that were not taken, or that cannot be written on every file system. */
export async function remarksOn({ home, root, paths, tooLarge }: Taken): Promise<string[]> {
  const usual = await existingAmong(USUAL_FOLDERS.map((name) => join(home, name)));
  const left = usual.filter(
    (folder) => !tooLarge.includes(folder) && !paths.some((path) => isWithin(path, folder)),
  );
  const ofPlugins = await Promise.all(left.map((folder) => holdsPlugins(folder)));
  const offered = left.filter((_, index) => !ofPlugins[index]).map((folder) => basename(folder));
  return [
    ...(offered.length > 0 ? [offer(offered)] : []),
    ...tooLarge.map(
      (folder) =>
        `${relativePath(home, folder) || folder} is read from the disk: it is too large to be frozen, or holds a whole project. Name what belongs to a release with --files.`,
    ),
    ...twinsAmong(paths, root),
  ];
}

function offer(folders: readonly string[]): string {
  const flags = folders.map((name) => `--files "${name}/**"`).join(' ');
  const [are, them] = folders.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${folders.join(', ')} ${are} read from the disk, so a release cannot be rolled back with ${them}: to freeze ${them} with the code, add ${flags}.`;
}

/** Returns whether a folder holds plugins of liveswap, which stand beside an app, with artifacts of their own. */
async function holdsPlugins(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  if (names.some((name) => isArtifactName(name))) return true;
  const roots = await Promise.all(
    names.map((name) => readFile(join(folder, name, 'index.ts'), 'utf8').catch(() => '')),
  );
  return roots.some((text) => text.includes('liveswap/plugin'));
}

/**
 * Returns warnings about files whose names differ only by case: on a file system that ignores case, one would overwrite the
 * other.
 */
function twinsAmong(paths: readonly string[], root: string): string[] {
  const first = new Map<string, string>();
  return paths.flatMap((path) => {
    const key = path.toLowerCase();
    const other = first.get(key);
    if (other === undefined) first.set(key, path);
    return other === undefined
      ? []
      : `${relativePath(root, other)} and ${relativePath(root, path)} differ by case only: the release cannot run where the disk ignores case. Give one of them another name.`;
  });
}
