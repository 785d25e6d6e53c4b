import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, machineText } from './harness/machine.js';
import type { Effort, Verdict } from './harness/measurement.js';
import { showProgress } from './harness/progress.js';
import { writeReportFiles } from './harness/report-files.js';
import { runApart } from './harness/run-apart.js';
import { comparisonTable, overviewTable, verdictTable } from './harness/table.js';
import { measurements } from './measurements/index.js';

const usage = `npm run bench [-- [--quick] [--rounds <n>] [name...]]

${measurements.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}
`;

const thorough: Effort = { rounds: 7, sampleMs: 400 };
const quick: Effort = { rounds: 3, sampleMs: 100 };

const OUT = join('out', 'bench');
const PACKAGES = ['comlink', 'piscina', 'tinypool', 'workerpool', 'tsx', 'autocannon', 'esbuild', 'ts-morph'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !measurements.some((one) => one.name === name));
if (values.help || unknown.length > 0) {
  process.stdout.write(usage);
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  await measure();
}

async function measure(): Promise<void> {
  const base = values.quick ? quick : thorough;
  const effort: Effort = values.rounds ? { ...base, rounds: Number(values.rounds) } : base;
  const machine = describeMachine(PACKAGES);
  print(`${machineText(machine)}\n`);
  const verdicts: Verdict[] = [];
  for (const { name, hasOverview } of measurements) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const entry = fileURLToPath(new URL('apart.js', import.meta.url));
    const findings = await runApart(entry, { name, effort }, (text) => showProgress(`${name}: ${text}`));
    showProgress('');
    for (const comparison of findings.comparisons) print(`${comparisonTable(comparison)}\n`);
    if (hasOverview) print(`${overviewTable(findings.comparisons)}\n`);
    const files = await writeReportFiles(OUT, name, machine, effort, findings);
    print(`${files.join(', ')}\n`);
    verdicts.push(...findings.verdicts);
  }
  print(`Targets\n${verdictTable(verdicts)}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
