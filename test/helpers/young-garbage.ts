import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const STEPS = 20_000;

/** Young collections are small and many, and V8 makes nothing as old as if it had been used for long already. */
const flags = ['--expose-gc', '--max-semi-space-size=1', '--no-allocation-site-pretenuring'];

/**
 * Runs `step` of a program 20,000 times in a process of its own, once what `setUp` makes is old. Resolves to the number of
 * bytes that a collection of young objects leaves.
 *
 * `setUp` and `step` are JavaScript; `load(path)` imports a module of the package.
 */
export async function keptByYoungCollections(setUp: string, step: string): Promise<number> {
  const program = `
    import { getHeapStatistics } from 'node:v8';
    const load = (path) => import(${JSON.stringify(new URL('../../dist/lib/', import.meta.url).href)} + path);
    ${setUp}
    gc();
    gc();
    const before = getHeapStatistics().used_heap_size;
    for (let index = 0; index < ${STEPS}; index++) { ${step} }
    gc({ type: 'minor' });
    console.log(getHeapStatistics().used_heap_size - before);`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...flags,
    '--input-type=module',
    '--eval',
    program,
  ]);
  return Number(stdout);
}
