import { expect, test } from 'vitest';
import { chartOf } from '../../bench/harness/chart.js';
import type { Comparison } from '../../bench/harness/measurement.js';
import { comparisonTable, figure, overviewTable, verdictTable } from '../../bench/harness/table.js';

const comparison: Comparison = {
  title: 'calls <fast>',
  unit: 'calls/s',
  better: 'higher',
  results: [
    { name: 'liveswap', samples: [120_000, 110_000, 130_000] },
    { name: 'a courier', samples: [60_000, 55_000, 65_000] },
    { name: 'nobody', samples: [0, 0, 0] },
  ],
};

test('a table has the ratio before the figures, and none where there is none', () => {
  expect(comparisonTable(comparison)).toBe(
    `
calls <fast> (higher is better)
             liveswap is  calls/s      min      max
  liveswap                120,000  110,000  130,000
  a courier       2.00 x   60,000   55,000   65,000
  nobody               -        0        0        0`.trimStart(),
  );
});

test('an overview has a column for each subject, and nothing where one was not measured', () => {
  const memory: Comparison = {
    title: 'memory',
    unit: 'MB',
    better: 'lower',
    results: [
      { name: 'a courier', samples: [80] },
      { name: 'a cart', samples: [120] },
    ],
  };
  expect(overviewTable([comparison, memory])).toBe(
    `
                         liveswap  a courier  nobody  a cart
  calls <fast>, calls/s   120,000     60,000       0
  memory, MB                              80             120`.slice(1),
  );
});

test('figures have the digits that mean something', () => {
  expect([0.012345, 1.5, 12.34, 999.4, 12_345.6].map(figure)).toEqual([
    '0.0123',
    '1.5',
    '12.3',
    '999',
    '12,346',
  ]);
});

test('verdicts say what was missed first of all', () => {
  const verdicts = [
    { target: 'a >= 2 x b', measured: '2.10 x', met: true },
    { target: 'reload <= 10 ms', measured: '12 ms', met: false },
  ];
  expect(verdictTable(verdicts)).toBe('  met     a >= 2 x b       2.10 x\n  MISSED  reload <= 10 ms   12 ms');
});

test('a chart has a bar for each median, scaled to the largest sample, and its text escaped', () => {
  const svg = chartOf('calls & more', [comparison]);
  expect(svg).toContain('calls &amp; more');
  expect(svg).toContain('calls &lt;fast&gt;, calls/s (higher is better)');
  const widths = [...svg.matchAll(/<rect x="240"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toEqual([350.8, 175.4, 0]);
});
