import type { Comparison, Result } from './measurement.js';
import { spreadOf } from './statistics.js';
import { figure } from './table.js';

const WIDTH = 760;
const LABELS = 240;
const BARS = 380;
const ROW = 22;
const HEAD = 40;

/**
 * Returns the comparisons of a measurement as one SVG: a bar for each median, and a line from the least to the greatest sample.
 */
export function chartOf(title: string, comparisons: readonly Comparison[]): string {
  const panels: string[] = [];
  let top = 36;
  for (const comparison of comparisons) {
    panels.push(`<g transform="translate(0 ${top})">${panelOf(comparison)}</g>`);
    top += HEAD + comparison.results.length * ROW;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 8}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="12" y="24" font-size="16" font-weight="bold">${escaped(title)}</text>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function panelOf({ title, unit, better, results }: Comparison): string {
  const most = Math.max(...results.map((result) => spreadOf(result.samples).max), Number.MIN_VALUE);
  const head = `<text x="12" y="28" fill="#444">${escaped(`${title}, ${unit} (${better} is better)`)}</text>`;
  return [head, ...results.map((result, index) => barOf(result, index, BARS / most))].join('\n');
}

function barOf({ name, samples }: Result, index: number, scale: number): string {
  const { median, min, max } = spreadOf(samples);
  const y = HEAD + index * ROW;
  const at = (value: number): string => (LABELS + Math.max(value, 0) * scale).toFixed(1);
  const middle = y + ROW / 2 - 3;
  return [
    `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end">${escaped(name)}</text>`,
    `<rect x="${LABELS}" y="${y}" width="${(Math.max(median, 0) * scale).toFixed(1)}" height="${ROW - 6}" fill="${index === 0 ? '#2563eb' : '#9ca3af'}"/>`,
    `<path d="M${at(min)} ${middle}H${at(max)}" stroke="#111" stroke-width="1.5"/>`,
    `<text x="${LABELS + BARS + 10}" y="${y + 12}">${figure(median)}</text>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
