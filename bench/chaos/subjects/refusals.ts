import { constantFrom } from 'fast-check';
import { plainStep, step, type SubjectOf } from '../subject.js';
import { mishaps, unexpected } from '../world.js';

/** Calls that must be refused, or whose functions throw. */
export const refusals: SubjectOf = ({ swapper, ledger }) => ({
  live: {
    live_throw: "async () => { throw new RangeError('No sword.'); }",
    live_closure: 'async () => ({ items: [{ onDone: () => {} }] })',
  },
  steps: {
    throw: plainStep(2, () =>
      ledger.follow('live_throw', () => swapper.call('live_throw'), unexpected, [
        ...mishaps,
        (error) => error instanceof RangeError,
      ]),
    ),
    notCloneable: step(2, constantFrom('argument', 'result'), (side) => {
      const [name, args] = side === 'argument' ? ['live_answer', [{ deep: () => {} }]] : ['live_closure', []];
      return ledger.follow(name, () => swapper.call(name, ...args), unexpected, [
        ...mishaps,
        'NOT_CLONEABLE',
      ]);
    }),
    unknown: plainStep(1, () =>
      ledger.follow('live_nobody', () => swapper.call('live_nobody'), unexpected, ['FUNCTION_UNKNOWN']),
    ),
  },
});
