import { expect, test } from 'vitest';
import { swapperDefaults } from '../../lib/swap/options.js';
import { resolveOptions } from '../../lib/swap/resolve-options.js';

test('fields of crashLoop that are left out have their defaults, and Infinity is a limit', () => {
  expect(resolveOptions({}).crashLoop).toEqual(swapperDefaults.crashLoop);
  expect(resolveOptions({ crashLoop: { crashes: Infinity, withinMs: Infinity } }).crashLoop).toEqual({
    ...swapperDefaults.crashLoop,
    crashes: Infinity,
    withinMs: Infinity,
  });
});

test.for([
  { crashes: 0 },
  { crashes: 1.5 },
  { withinMs: 0 },
  { withinMs: NaN },
  { rollbackWithinMs: -1 },
  { every: 5 },
])('a crashLoop of %o is refused', (crashLoop) => {
  expect(() => resolveOptions({ crashLoop })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'crashLoop' }),
  );
});

test.for([{}, { heapMb: 0 }, { heapMB: 5 }, { calls: '5' }])('a recycle of %o is refused', (recycle) => {
  expect(() => resolveOptions({ recycle: recycle as never })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'recycle' }),
  );
});

test.for([
  { maxOldGenerationSizeMb: '64' },
  { maxOldGenerationSizeMB: 64 },
  { stackSizeMb: NaN },
  { codeRangeSizeMb: -1 },
])('resourceLimits of %o, which threads would ignore, are refused', (limits) => {
  const resourceLimits = limits as object;
  expect(() => resolveOptions({ resourceLimits })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'resourceLimits' }),
  );
  expect(() => resolveOptions({ plugins: { billing: { resourceLimits } } })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'plugins.billing.resourceLimits' }),
  );
});

test('resourceLimits are what worker_threads takes', () => {
  const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, codeRangeSizeMb: 0 };
  expect(resolveOptions({ resourceLimits }).resourceLimits).toBe(resourceLimits);
});

test.for([
  ['the namespace of the module', { default: {}, plugins: {} }],
  ['a path', 'plugins/static-plugins.mjs'],
  ['another object', { guardian: { name: 'guardian' } }],
] as const)('an option static that is %s is refused, and says what it should be', ([, plugins]) => {
  expect(() => resolveOptions({ static: plugins as never })).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      option: 'static',
      message: expect.stringMatching(/the default export of static-plugins\.mjs/),
    }),
  );
});
