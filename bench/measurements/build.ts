import { join } from 'node:path';
import { createRequire } from 'node:module';
import { interleave } from '../harness/interleave.js';
import type { Measurement } from '../harness/measurement.js';
import { judgeRatio } from '../harness/target.js';
import { secondsOf, type Command } from '../workload/seconds-of.js';
import { firstTime, writeTypedSources } from '../workload/typed-sources.js';

export const build: Measurement = {
  name: 'build',
  about:
    'liveswap build of one small plugin, from nothing and again, with a snapshot of the compiler and without; against tsc --noEmit and esbuild on the same file',
  async run(bench) {
    const { folder, plugin, root, tsc, liveswap, withSnapshot, withoutSnapshot } = await writeTypedSources(
      bench.folder,
      1,
    );
    const out = join(bench.folder, 'artifacts');
    // When install scripts have run, this file is the binary itself, which Node cannot run.
    const esbuild = createRequire(import.meta.url).resolve('esbuild/bin/esbuild');
    const bundled = [
      root,
      '--bundle',
      '--log-level=warning',
      '--format=esm',
      '--packages=external',
      `--outdir=${join(bench.folder, 'esbuild')}`,
    ];
    const command: Command = [...liveswap, 'build', plugin, '--out', out];
    const comparison = await interleave(
      bench,
      [
        { name: 'liveswap build', sample: () => firstTime(command, folder, withSnapshot) },
        { name: 'the same again', sample: () => secondsOf(command, folder, withSnapshot) },
        { name: 'without a snapshot', sample: () => firstTime(command, folder, withoutSnapshot) },
        { name: 'tsc --noEmit', sample: () => secondsOf(tsc) },
        { name: 'esbuild', sample: () => secondsOf([esbuild, ...bundled]) },
      ],
      { title: 'build of one small plugin', unit: 's', better: 'lower' },
    );
    return {
      comparisons: [comparison],
      verdicts: [
        judgeRatio(comparison, 'liveswap build', 'tsc --noEmit', { atMost: 1.25 }),
        judgeRatio(comparison, 'the same again', 'tsc --noEmit', { atMost: 0.5 }),
      ],
    };
  },
};
