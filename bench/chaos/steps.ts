import fc from 'fast-check';

/** One thing that happens: each is begun, and the next one does not wait for its end unless it is a `rest`. */
export type Step =
  | { readonly kind: 'answer' }
  | { readonly kind: 'arm' }
  | { readonly kind: 'relay' }
  | { readonly kind: 'burst'; readonly calls: number }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'deadline'; readonly ms: number; readonly timeoutMs: number }
  | { readonly kind: 'deaf'; readonly ms: number; readonly timeoutMs: number }
  | { readonly kind: 'abort'; readonly ms: number; readonly turns: number }
  | { readonly kind: 'patrol'; readonly steps: number; readonly take: number }
  | { readonly kind: 'stream'; readonly chunks: number; readonly take: number }
  | { readonly kind: 'lateStream'; readonly timeoutMs: number }
  | { readonly kind: 'callback'; readonly times: number }
  | { readonly kind: 'linger'; readonly ms: number }
  | { readonly kind: 'throw' }
  | { readonly kind: 'notCloneable'; readonly side: 'argument' | 'result' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'idempotent'; readonly deaths: number }
  | { readonly kind: 'crash'; readonly how: 'exit' | 'timer' | 'rejection' | 'armory' }
  | { readonly kind: 'reload'; readonly changes: 'guardian' | 'armory' | 'both' | 'nothing' }
  | { readonly kind: 'badReload'; readonly how: 'throws' | 'hook' | 'truncated' | 'leaves' | 'veto' }
  | { readonly kind: 'doomedReload' }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'pin' }
  | { readonly kind: 'pinnedCall' }
  | { readonly kind: 'release' }
  | { readonly kind: 'pause'; readonly turns: number }
  | { readonly kind: 'rest' };

const ms = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });

const weighted: [weight: number, arbitrary: fc.Arbitrary<Step>][] = [
  [40, fc.constant({ kind: 'answer' })],
  [24, fc.constant({ kind: 'arm' })],
  [12, fc.constant({ kind: 'relay' })],
  [3, fc.record({ kind: fc.constant('burst' as const), calls: fc.integer({ min: 10, max: 60 }) })],
  [16, fc.record({ kind: fc.constant('sleep' as const), ms: ms(30) })],
  [10, fc.record({ kind: fc.constant('deadline' as const), ms: ms(20), timeoutMs: ms(20) })],
  [2, fc.record({ kind: fc.constant('deaf' as const), ms: ms(20), timeoutMs: ms(10) })],
  [10, fc.record({ kind: fc.constant('abort' as const), ms: ms(20), turns: ms(10) })],
  [10, fc.record({ kind: fc.constant('patrol' as const), steps: ms(6), take: ms(6) })],
  [10, fc.record({ kind: fc.constant('stream' as const), chunks: ms(6), take: ms(6) })],
  [2, fc.record({ kind: fc.constant('lateStream' as const), timeoutMs: ms(6) })],
  [3, fc.record({ kind: fc.constant('callback' as const), times: ms(4) })],
  [2, fc.record({ kind: fc.constant('linger' as const), ms: ms(30) })],
  [2, fc.constant({ kind: 'throw' })],
  [2, fc.record({ kind: fc.constant('notCloneable' as const), side: fc.constantFrom('argument', 'result') })],
  [1, fc.constant({ kind: 'unknown' })],
  [1, fc.record({ kind: fc.constant('idempotent' as const), deaths: ms(2) })],
  [
    1,
    fc.record({
      kind: fc.constant('crash' as const),
      how: fc.constantFrom('exit', 'timer', 'rejection', 'armory'),
    }),
  ],
  [
    4,
    fc.record({
      kind: fc.constant('reload' as const),
      changes: fc.constantFrom('guardian', 'armory', 'both', 'nothing'),
    }),
  ],
  [
    2,
    fc.record({
      kind: fc.constant('badReload' as const),
      how: fc.constantFrom('throws', 'hook', 'truncated', 'leaves', 'veto'),
    }),
  ],
  [0.2, fc.constant({ kind: 'doomedReload' })],
  [1, fc.constant({ kind: 'rollback' })],
  [1, fc.constant({ kind: 'pin' })],
  [3, fc.constant({ kind: 'pinnedCall' })],
  [1, fc.constant({ kind: 'release' })],
  [24, fc.record({ kind: fc.constant('pause' as const), turns: ms(20) })],
  [1, fc.constant({ kind: 'rest' })],
];

/** The steps of a run: the same for the same seed. */
export function stepsOf(seed: number, count: number): Step[] {
  const arbitrary = fc.oneof(
    ...weighted.map(([weight, one]) => ({ weight: Math.round(weight * 10), arbitrary: one })),
  );
  return fc.sample(arbitrary, { seed, numRuns: count });
}
