import type { Comparison, Verdict } from './measurement.js';
import { advantageOver } from './ratio.js';
import { spreadOf } from './statistics.js';

/** Returns a comparison as text: first how many times as good liveswap is as each peer, then the figures. */
export function comparisonTable(comparison: Comparison): string {
  const { title, unit, better, results } = comparison;
  const rows = results.map(({ name, samples }, index) => {
    const { median, min, max } = spreadOf(samples);
    const ratio = index === 0 ? '' : times(advantageOver(comparison, name).median);
    return [name, ratio, figure(median), figure(min), figure(max)];
  });
  const head = ['', `${results[0]?.name ?? ''} is`, unit, 'min', 'max'];
  return `${title} (${better} is better)\n${alignColumns([head, ...rows])}`;
}

/** Returns the medians of several comparisons as one text: a line for each subject, with gaps where it was not measured. */
export function overviewTable(comparisons: readonly Comparison[]): string {
  const names = [...new Set(comparisons.flatMap(({ results }) => results.map(({ name }) => name)))];
  const rows = comparisons.map(({ title, unit, results }) => [
    `${title}, ${unit}`,
    ...names.map((name) => {
      const samples = results.find((result) => result.name === name)?.samples;
      return samples ? figure(spreadOf(samples).median) : '';
    }),
  ]);
  return alignColumns([['', ...names], ...rows]);
}

/** Returns targets as text, each with the measured value. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  return alignColumns(
    verdicts.map(({ met, target, measured }) => [met ? 'met' : 'MISSED', target, measured]),
    2,
  );
}

/** Returns a ratio as text. There is no ratio of nothing to nothing. */
function times(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)} x` : '-';
}

/** Returns a figure with its significant digits. */
export function figure(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** Returns lines of text columns; the first `left` are aligned to the left, the others are numbers. */
function alignColumns(rows: readonly (readonly string[])[], left = 1): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column < left ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `  ${line}`).join('\n');
}
