import { packageFolder } from '../core/package-folder.js';
import { foldersAbove, isWithin, relativePath } from '../core/paths.js';
import { setTimeout } from '../core/timers.js';
import { boundHost } from '../plugin/host-binding.js';

/** Time within which modules are told together, in milliseconds: a framework loads its chunks one after the other. */
const TOGETHER_MS = 1_000;
/** Number of modules that a warning names. */
const NAMED = 3;

/** Warns of modules that were loaded although they are not frozen with the app. */
export class Strays {
  readonly #folder: string;
  #untold: string[] = [];

  /** @param folder absolute path of the folder in whose package the app is. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  add(path: string): void {
    this.#untold.push(path);
    if (this.#untold.length === 1) setTimeout(() => this.#tell(), TOGETHER_MS).unref();
  }

  #tell(): void {
    const files = this.#untold;
    this.#untold = [];
    boundHost().log.warn({ files }, strayWarning(files, packageFolder(this.#folder) ?? this.#folder));
  }
}

/** Returns the warning of modules that were loaded from the disk; patterns of `files` are relative to `home`. */
function strayWarning(files: readonly string[], home: string): string {
  const [first = ''] = files;
  if (files.length === 1)
    return `${first} was loaded from the disk: nothing in the app's text names it. From the next reload on it is frozen with the rest; name it with files.`;
  const more = files.length - NAMED;
  const named = `${files.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const all = foldersAbove(first).find((folder) => files.every((file) => isWithin(file, folder)));
  const isBelow = all !== undefined && all !== home && isWithin(all, home);
  const remedy = isBelow ? `--files "${relativePath(home, all)}/**"` : 'files';
  return `${named} were loaded from the disk: nothing in the app's text names them. From the next reload on they are frozen with the rest; name them with ${remedy}.`;
}
