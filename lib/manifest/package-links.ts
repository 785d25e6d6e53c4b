import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { foldersAbove } from '../core/paths.js';

/** A folder, and the packages that code in it must find. */
interface PackageLink {
  readonly folder: string;
  readonly packages: string;
}

/**
 * Links through which code in a folder elsewhere finds the packages that code in `artifacts` finds. Node searches each parent
 * folder, so for each one that holds packages, a folder is created inside the previous one, starting at `outermost`.
 */
export class PackageLinks {
  /** The folder for the code. */
  readonly innermost: string;
  readonly #links: readonly PackageLink[];

  constructor(outermost: string, artifacts: string) {
    const packages = [artifacts, ...foldersAbove(artifacts)]
      .toReversed()
      .map((folder) => join(folder, 'node_modules'))
      .filter((folder) => existsSync(folder));
    const links: PackageLink[] = [];
    let folder = outermost;
    for (const one of packages) {
      folder = links.length === 0 ? outermost : join(folder, 'below');
      links.push({ folder, packages: one });
    }
    this.#links = links;
    this.innermost = folder;
  }

  /** Creates missing folders and links. */
  async make(): Promise<void> {
    for (const { folder, packages } of this.#links) {
      await mkdir(folder, { recursive: true });
      await symlink(packages, join(folder, 'node_modules'), 'junction').catch(ignoreExisting);
    }
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
