import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Metafile, PluginBuild } from 'esbuild';

const NAMESPACE = 'liveswap-twin';
const EXTENSION = /\.[cm]?[jt]sx?$/;

/**
 * Own files whose paths differ only by case. esbuild takes them for one file, even on a file system that distinguishes them, so
 * each after the first gets a namespace of its own.
 */
export class CaseTwins {
  /** Absolute paths, by importer and specifier. */
  readonly #paths = new Map<string, string>();

  /**
   * Looks for imports that were resolved to a file of another case although a file of their own case exists; returns whether it
   * found any.
   */
  async noteIn({ inputs }: Metafile, folder: string): Promise<boolean> {
    const found = Object.entries(inputs).flatMap(([input, { imports }]) => {
      const importer = twinPath(input) ?? resolve(folder, input);
      return imports.flatMap(({ path, original, external }) => {
        if (external || original === undefined || !original.startsWith('.')) return [];
        const target = resolve(folder, path);
        const spelt = speltAs(resolve(dirname(importer), original), target);
        return spelt === undefined ? [] : { key: keyOf(importer, original), spelt, target };
      });
    });
    const twins = await Promise.all(found.map(({ spelt, target }) => areTwo(spelt, target)));
    const fresh = found.filter(({ key }, index) => twins[index] && !this.#paths.has(key));
    for (const { key, spelt } of fresh) this.#paths.set(key, spelt);
    return fresh.length > 0;
  }

  setUp(esbuild: PluginBuild): void {
    if (this.#paths.size === 0) return;
    esbuild.onResolve({ filter: /^\./ }, ({ path, importer }) => {
      const twin = this.#paths.get(keyOf(importer, path));
      return twin === undefined ? undefined : { path: twin, namespace: NAMESPACE };
    });
  }
}

/** Returns the absolute path of a twin by its name among esbuild's inputs; `undefined` for other inputs. */
export function twinPath(input: string): string | undefined {
  return input.startsWith(`${NAMESPACE}:`) ? input.slice(NAMESPACE.length + 1) : undefined;
}

/** Returns the path of a target in the case of the import; `undefined` if it has that case already, or cannot be compared. */
function speltAs(written: string, target: string): string | undefined {
  const stem = written.replace(EXTENSION, '');
  const isSame = target.startsWith(stem) || !target.toLowerCase().startsWith(stem.toLowerCase());
  return isSame ? undefined : stem + target.slice(stem.length);
}

async function areTwo(one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return left !== undefined && right !== undefined && (left.ino !== right.ino || left.dev !== right.dev);
}

function keyOf(importer: string, path: string): string {
  return `${importer}\0${path}`;
}
