import type { Comparison, Verdict } from './measurement.js';
import { ratioOf, samplesOf } from './ratio.js';
import { percentile } from './statistics.js';

/** A limit that a figure must reach, or must not exceed. */
export type Limit = { readonly atLeast: number } | { readonly atMost: number };

/** Judges the ratio of two subjects that were measured side by side. */
export function judgeRatio(comparison: Comparison, one: string, other: string, limit: Limit): Verdict {
  const { median } = ratioOf(comparison, one, other);
  return {
    target: `${comparison.title}: ${one} ${sign(limit)} ${bound(limit)} x ${other}`,
    measured: `${median.toFixed(2)} x`,
    met: holds(median, limit),
  };
}

/** Judges the median of one subject. */
export function judgeMedian(comparison: Comparison, name: string, limit: Limit): Verdict {
  return judgeFigure(
    `${comparison.title}: ${name}`,
    percentile(samplesOf(comparison, name), 0.5),
    comparison.unit,
    limit,
  );
}

/** Judges a figure that stands alone. */
export function judgeFigure(what: string, figure: number, unit: string, limit: Limit): Verdict {
  return {
    target: `${what} ${sign(limit)} ${bound(limit)} ${unit}`,
    measured: `${Number(figure.toPrecision(3))} ${unit}`,
    met: holds(figure, limit),
  };
}

function holds(figure: number, limit: Limit): boolean {
  return 'atLeast' in limit ? figure >= limit.atLeast : figure <= limit.atMost;
}

function sign(limit: Limit): string {
  return 'atLeast' in limit ? '>=' : '<=';
}

function bound(limit: Limit): number {
  return 'atLeast' in limit ? limit.atLeast : limit.atMost;
}
