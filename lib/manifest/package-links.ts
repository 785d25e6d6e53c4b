import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A folder, and the packages that code in it is to find. */
interface PackageLink {
  readonly folder: string;
  readonly packages: string;
}

/**
 * Links with which code in a folder elsewhere finds the packages that code in `artifacts` finds. Node looks for them in each folder
 * above: so for each that holds packages there is a folder in the one before, from `outermost` on.
 */
export class PackageLinks {
  /** Where the code is to be. */
  readonly innermost: string;
  readonly #links: readonly PackageLink[];

  constructor(outermost: string, artifacts: string) {
    const packages = foldersAbove(artifacts)
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

  /** Makes what is missing of the folders and links. */
  async make(): Promise<void> {
    for (const { folder, packages } of this.#links) {
      await mkdir(folder, { recursive: true });
      await symlink(packages, join(folder, 'node_modules'), 'junction').catch(ignoreExisting);
    }
  }
}

/** The folder and those above it, the outermost first. */
function foldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [...foldersAbove(parent), folder];
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
