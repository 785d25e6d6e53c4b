import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LiveswapError, messageOf, type ErrorFields } from '../core/errors.js';
import { makeFolder } from '../core/make-folder.js';
import { packageFile } from '../core/package-files.js';
import { diskRemedy } from '../core/disk-remedy.js';
import { manifestOf, variablesOf, type InitOptions } from './project-facts.js';

/**
 * Matches files that npm would leave out of a package, or take for its own: in the templates their names begin with an
 * underscore.
 */
const HIDDEN = /(^|\/)_/;

/**
 * Writes a first project: two plugins, a test, and scripts that build and run them. Returns the paths of the written files.
 *
 * @throws LiveswapError `OPTION_INVALID` when a file is there already, or in place of the folder, and nothing is written;
 * or when one cannot be written
 */
export async function initProject(folder: string, options: InitOptions): Promise<string[]> {
  const root = resolve(folder);
  const name = packageNameOf(basename(root));
  const templates = options.host ? ['start', 'host'] : ['start'];
  const files = new Map<string, string>();
  for (const template of templates) {
    for (const [path, text] of await readTemplate(join(templatesFolder(), template))) files.set(path, text);
  }
  for (const [path, text] of files) files.set(path, fillIn(text, variablesOf(name, options)));
  files.set('package.json', `${JSON.stringify(manifestOf(name, options), undefined, 2)}\n`);
  await refuseExisting(root, [...files.keys()]);
  for (const [path, text] of files) {
    await writeNew(join(root, path), text).catch((cause: unknown) => {
      throw refusal(root, `${messageOf(cause)}; ${diskRemedy(cause) ?? 'name another folder'}`, { cause });
    });
  }
  return [...files.keys()].sort();
}

async function writeNew(file: string, text: string): Promise<void> {
  await makeFolder(dirname(file));
  await writeFile(file, text, { flag: 'wx' });
}

async function readTemplate(folder: string): Promise<[path: string, text: string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry): Promise<[string, string]> => {
        const file = join(entry.parentPath, entry.name);
        const path = file.slice(folder.length + 1).replaceAll('\\', '/');
        return [path.replace(HIDDEN, '$1.'), await readFile(file, 'utf8')];
      }),
  );
}

function fillIn(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => variables[name] ?? whole);
}

async function refuseExisting(root: string, paths: readonly string[]): Promise<void> {
  const place = await stat(root).catch(() => undefined);
  if (place && !place.isDirectory()) throw refusal(root, 'that is a file; name a folder');
  const found = await Promise.all(paths.map((path) => stat(join(root, path)).catch(() => undefined)));
  const existing = paths.filter((_path, index) => found[index]);
  if (existing.length === 0) return;
  throw refusal(root, `${existing.join(', ')} would be overwritten; name another folder`, {
    files: existing,
  });
}

function refusal(folder: string, why: string, fields: ErrorFields = {}): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `Cannot write a project to ${folder}: ${why}.`, {
    folder,
    ...fields,
  });
}

/** Returns a name that npm accepts. */
function packageNameOf(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z\d._-]+/g, '-')
    .replaceAll(/^[-._]+|-+$/g, '');
  return name === '' ? 'my-server' : name;
}

function templatesFolder(): string {
  return join(dirname(packageFile('liveswap/package.json')), 'templates');
}
