import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleave } from '../harness/interleave.js';
import type { Measurement } from '../harness/measurement.js';
import { judgeMedian } from '../harness/target.js';
import { barracks } from '../workload/plugins.js';
import { writePlugins } from '../workload/write-plugins.js';

const FILES = 100;

export const check: Measurement = {
  name: 'check',
  about: 'liveswap check of a plugin of 100 files, from nothing; against tsc, which knows only types',
  async run(bench) {
    const [folder] = (await writePlugins(bench.folder, { guardian: barracks('guardian', FILES) })) as [
      string,
    ];
    const library = fileURLToPath(new URL('../../lib/plugin/index.d.ts', import.meta.url));
    const tsconfig = join(bench.folder, 'tsconfig.json');
    await writeFile(
      tsconfig,
      JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          target: 'es2023',
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          types: [],
          paths: { 'liveswap/plugin': [library] },
        },
        include: [folder],
      }),
    );
    const command = fileURLToPath(new URL('../../lib/cli/main.js', import.meta.url));
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const comparison = await interleave(
      bench,
      [
        { name: 'liveswap check', sample: () => secondsOf([command, 'check', folder]) },
        { name: 'tsc --noEmit', sample: () => secondsOf([tsc, '-p', tsconfig]) },
      ],
      { title: `cold check of ${FILES} files`, unit: 's', better: 'lower' },
    );
    return {
      comparisons: [comparison],
      verdicts: [judgeMedian(comparison, 'liveswap check', { atMost: 3 })],
    };
  },
};

async function secondsOf(args: readonly string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}.`);
  return (performance.now() - began) / 1_000;
}
