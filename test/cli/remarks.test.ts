import { expect, test } from 'vitest';
import { remarksOn } from '../../lib/cli/output.js';
import type { BuiltPlugin } from '../../lib/compiler/report.js';

/** Returns the report of a plugin that was bundled in this time. */
function built(bundle: number): BuiltPlugin {
  return {
    name: 'hall',
    folder: '/plugins/hall',
    state: 'built',
    artifact: { file: '/out/hall.plugin.mjs', hash: '', manifest: {} as BuiltPlugin['artifact']['manifest'] },
    times: { bundle },
    warnings: [],
    adapted: [],
    outside: [{ name: 'lyre', reason: 'it loads a native addon', isNeeded: true }],
    largest: [
      { name: 'castle', bytes: 41_000_000, importer: 'node_modules/castle/self.js' },
      { name: 'hall.ts', bytes: 400, importer: undefined },
    ],
  };
}

const large = [
  'hall bundles 41.0 MB of castle, imported by node_modules/castle/self.js',
  'hall bundles 1 KB of hall.ts',
];
const needed = 'hall needs lyre in a node_modules folder where it runs: it loads a native addon';

test('a bundle that took five seconds is followed by what is largest in it, and who imports that', () => {
  expect(remarksOn(built(5001))).toEqual([...large, needed]);
});

test('a quick one is so with -v only; what the server needs is always said', () => {
  expect(remarksOn(built(80))).toEqual([needed]);
  expect(remarksOn(built(80), true)).toEqual([...large, needed]);
});
