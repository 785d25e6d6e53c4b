import { constant, constantFrom, integer, oneof, record, sample, type Arbitrary } from 'fast-check';

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

const ms = (max: number): Arbitrary<number> => integer({ min: 0, max });

const weighted: [weight: number, arbitrary: Arbitrary<Step>][] = [
  [40, constant({ kind: 'answer' })],
  [24, constant({ kind: 'arm' })],
  [12, constant({ kind: 'relay' })],
  [3, record({ kind: constant('burst' as const), calls: integer({ min: 10, max: 60 }) })],
  [16, record({ kind: constant('sleep' as const), ms: ms(30) })],
  [10, record({ kind: constant('deadline' as const), ms: ms(20), timeoutMs: ms(20) })],
  [2, record({ kind: constant('deaf' as const), ms: ms(20), timeoutMs: ms(10) })],
  [10, record({ kind: constant('abort' as const), ms: ms(20), turns: ms(10) })],
  [10, record({ kind: constant('patrol' as const), steps: ms(6), take: ms(6) })],
  [10, record({ kind: constant('stream' as const), chunks: ms(6), take: ms(6) })],
  [2, record({ kind: constant('lateStream' as const), timeoutMs: ms(6) })],
  [3, record({ kind: constant('callback' as const), times: ms(4) })],
  [2, record({ kind: constant('linger' as const), ms: ms(30) })],
  [2, constant({ kind: 'throw' })],
  [2, record({ kind: constant('notCloneable' as const), side: constantFrom('argument', 'result') })],
  [1, constant({ kind: 'unknown' })],
  [1, record({ kind: constant('idempotent' as const), deaths: ms(2) })],
  [
    1,
    record({
      kind: constant('crash' as const),
      how: constantFrom('exit', 'timer', 'rejection', 'armory'),
    }),
  ],
  [
    4,
    record({
      kind: constant('reload' as const),
      changes: constantFrom('guardian', 'armory', 'both', 'nothing'),
    }),
  ],
  [
    2,
    record({
      kind: constant('badReload' as const),
      how: constantFrom('throws', 'hook', 'truncated', 'leaves', 'veto'),
    }),
  ],
  [0.2, constant({ kind: 'doomedReload' })],
  [1, constant({ kind: 'rollback' })],
  [1, constant({ kind: 'pin' })],
  [3, constant({ kind: 'pinnedCall' })],
  [1, constant({ kind: 'release' })],
  [24, record({ kind: constant('pause' as const), turns: ms(20) })],
  [1, constant({ kind: 'rest' })],
];

/** The steps of a run: the same for the same seed. */
export function stepsOf(seed: number, count: number): Step[] {
  const arbitrary = oneof(
    ...weighted.map(([weight, one]) => ({ weight: Math.round(weight * 10), arbitrary: one })),
  );
  return sample(arbitrary, { seed, numRuns: count });
}
