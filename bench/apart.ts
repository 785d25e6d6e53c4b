import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApartMessage, ApartTask } from './harness/run-apart.js';
import { measurements, parts } from './measurements/index.js';

const { name, effort } = JSON.parse(process.argv[2] as string) as ApartTask;
const measurement = [...measurements, ...parts].find((one) => one.name === name);
if (!measurement) throw new Error(`There is no measurement ${name}.`);

const tell = (message: ApartMessage): boolean | undefined => process.send?.(message);
const folder = await mkdtemp(join(tmpdir(), 'liveswap-bench-'));
try {
  const findings = await measurement.run({
    effort,
    folder,
    progress: (text) => tell({ kind: 'progress', text }),
  });
  tell({ kind: 'findings', findings });
} finally {
  await rm(folder, { recursive: true, force: true });
  process.disconnect?.();
}
