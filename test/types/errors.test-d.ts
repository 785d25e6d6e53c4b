import { expectTypeOf, test } from 'vitest';
import { isLiveswapError, LiveswapError, type FieldsByCode } from '../../lib/index.js';

test('an error of one code has the fields of that code', () => {
  const error: unknown = new LiveswapError('CALL_TIMEOUT', 'late', { call: 'live_wait', timeoutMs: 5 });
  if (isLiveswapError(error, 'CALL_TIMEOUT')) {
    expectTypeOf(error.timeoutMs).toBeNumber();
    expectTypeOf(error.code).toEqualTypeOf<'CALL_TIMEOUT'>();
  }
  if (isLiveswapError(error, 'VERSIONS_FULL')) expectTypeOf(error.oldest).toBeString();
  if (isLiveswapError(error)) expectTypeOf(error.code).not.toEqualTypeOf<'CALL_TIMEOUT'>();
  // @ts-expect-error there is no such code
  isLiveswapError(error, 'CALL_TIMEUOT');
});

test('no field of an error hides what every error has', () => {
  type Fields = { [Code in keyof FieldsByCode]: keyof FieldsByCode[Code] }[keyof FieldsByCode];
  expectTypeOf<Extract<Fields, keyof Error | 'code' | 'page'>>().toBeNever();
});
