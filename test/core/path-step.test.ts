import { expect, test } from 'vitest';
import { entryStep, fieldStep, itemStep, keyStep, memberStep } from '../../lib/core/path-step.js';

test.for<[step: string, text: string]>([
  [fieldStep('done'), '.done'],
  [fieldStep('größe'), '.größe'],
  [fieldStep('not a name'), '["not a name"]'],
  [fieldStep('2'), '["2"]'],
  [itemStep(3), '[3]'],
  [itemStep(), '[]'],
  [entryStep('forge'), '.get("forge")'],
  [entryStep(7), '.get(7)'],
  [entryStep(undefined), '.get(…)'],
  [entryStep(Symbol('forge')), '.get(Symbol(forge))'],
  [entryStep(null), '.get(null)'],
  [entryStep({}), '.get(…)'],
  [keyStep(0), '.keys[0]'],
  [keyStep(), '.keys[]'],
  [memberStep(2), '.values[2]'],
  [memberStep(), '.values[]'],
])('%s is written as %s', ([step, text]) => {
  expect(step).toBe(text);
});
