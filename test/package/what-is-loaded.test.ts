import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const repository = resolve(import.meta.dirname, '../..');

/** Hooks that report every module that is resolved, from the thread in which hooks run. */
const hooks = `
  import { writeSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    writeSync(1, resolved.url + '\\n');
    return resolved;
  }`;

/** Resolves to the URLs of the modules that the import of one of our files loads. */
async function modulesOf(file: string): Promise<string[]> {
  const url = pathToFileURL(resolve(repository, 'dist', file)).href;
  const script = `
    import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
    await import(${JSON.stringify(url)});
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return stdout.split('\n').filter((line) => line.startsWith('file:'));
}

/** Resolves to the names of the packages that the import of one of our files loads. */
async function packagesOf(file: string): Promise<string[]> {
  const modules = await modulesOf(file);
  const names = modules.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
  return [...new Set(names)].toSorted();
}

describe('a production host', () => {
  it("loads live data's format, and nothing that builds or watches; Comlink and the threads' pool come with the first thread", async () => {
    expect(await packagesOf('lib/index.js')).toEqual(['devalue']);
  });

  it('finds those packages in its own bundle of three files, because finding a file takes longer than what is in it', async () => {
    const modules = new Set(await modulesOf('entries/index.js'));
    expect(modules.size).toBe(3);
    expect(await packagesOf('entries/index.js')).toEqual([]);
  });

  it('has one of these files in common with entry points that do not load it', async () => {
    const host = new Set(await modulesOf('entries/index.js'));
    const common = async (entry: string): Promise<string[]> =>
      [...new Set(await modulesOf(`entries/${entry}.js`))].filter((url) => host.has(url));
    const withAdmin = await common('admin/index');
    expect(withAdmin).toHaveLength(1);
    expect(await common('http/index')).toEqual(withAdmin);
  });

  it('loads nothing at all with what plugin code imports but the format of live data', async () => {
    expect(await packagesOf('lib/plugin/index.js')).toEqual(['devalue']);
  });

  it('does not make Node load streams, files and cryptography, which took a fifth of what a thread takes beyond its bare boot', async () => {
    const folder = await tempFolder();
    const loaded =
      'process.moduleLoadList.filter((name) => /webstreams.readable|internal.file$|crypto.x509|NativeModule v8$/.test(name))';
    await deploy(folder, {
      name: 'guardian',
      live: { live_loaded: `() => ${loaded}`, live_namesThem: `() => new ReadableStream() && ${loaded}` },
    });
    const swapper = openSwapper(folder);
    await swapper.load();
    expect(await swapper.call('live_loaded')).toEqual([]);
    expect(await swapper.call('live_namesThem')).not.toEqual([]);
  });

  it("does not make Node load its HTTP client, which takes longer than all the rest of a thread's boot", async () => {
    const folder = await tempFolder();
    const loaded = "process.moduleLoadList.filter((name) => name.includes('undici'))";
    await deploy(folder, {
      name: 'guardian',
      module: 'class Order { items = new Map([[1, new Set([2])]]); }',
      live: {
        live_loaded: `(given) => [${loaded}, given, new Order(), new URL('http://gate/')]`,
        live_names_it: `() => new Headers() && ${loaded}`,
      },
    });
    const swapper = openSwapper(folder);
    await swapper.load();
    const given = { when: new Date(0), bytes: new Uint8Array(2), error: new Error('late') };
    expect(await swapper.call('live_loaded', given)).toMatchObject([[], given, {}, new URL('http://gate/')]);
    expect(await swapper.call('live_names_it')).not.toEqual([]);
  });
});
