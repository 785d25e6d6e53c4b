import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Scripts that start a server. */
const starting = ['dev', 'start'];

/**
 * Resolves to the file that the package.json of a folder starts as a server, by a script or as its `main`; `undefined` if it names
 * none that is there. It is for errors to suggest.
 */
export async function packagedEntry(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  const { scripts, main = 'index.js' } = manifestIn(text);
  const words = [...starting.map((name) => scripts?.[name]), main].flatMap((command) =>
    typeof command === 'string' ? command.split(/\s+/) : [],
  );
  const named = words.filter((word) => /\.[cm]?[jt]sx?$/.test(word));
  const paths = named.map((word) => join(folder, word));
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.find((_path, index) => found[index]?.isFile());
}

function manifestIn(text: string): { readonly scripts?: Record<string, unknown>; readonly main?: unknown } {
  try {
    return Object(JSON.parse(text)) as ReturnType<typeof manifestIn>;
  } catch {
    return {};
  }
}
