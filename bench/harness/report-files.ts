import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chartOf } from './chart.js';
import type { Machine } from './machine.js';
import type { Effort, Findings } from './measurement.js';

/** Writes `<name>.json` with every sample, and `<name>.svg`; returns their paths. */
export async function writeReportFiles(
  folder: string,
  name: string,
  machine: Machine,
  effort: Effort,
  findings: Findings,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const json = join(folder, `${name}.json`);
  const svg = join(folder, `${name}.svg`);
  await writeFile(json, `${JSON.stringify({ name, machine, effort, ...findings }, undefined, 2)}\n`);
  await writeFile(svg, chartOf(`${name}, Node ${machine.node}, ${machine.cpu}`, findings.comparisons));
  return [json, svg];
}
