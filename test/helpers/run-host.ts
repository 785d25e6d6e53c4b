import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const library = pathToFileURL(join(import.meta.dirname, '../../dist/lib/index.js')).href;

/** Options for running a host. */
export interface HostProcess {
  /** Code of an ES module that sees `Swapper` and `args`. */
  readonly code: string;
  readonly args?: readonly string[];
  /** Options of Node. */
  readonly node?: readonly string[];
  /** Arguments of the shell's `ulimit`, such as `-n 100`. */
  readonly ulimit?: string;
}

/** Runs a host in a process of its own. Resolves to what it has printed; rejects when it fails. */
export async function runHost({ code, args = [], node = [], ulimit }: HostProcess): Promise<string> {
  const script = `import { Swapper } from ${JSON.stringify(library)};\nconst args = process.argv.slice(1);\n${code}`;
  const command = [process.execPath, ...node, '--input-type=module', '-e', script, ...args];
  const [file, ...rest] =
    ulimit === undefined ? command : ['sh', '-c', `ulimit ${ulimit}; exec "$0" "$@"`, ...command];
  const { stdout } = await promisify(execFile)(file!, rest);
  return stdout;
}
