import { integer } from 'fast-check';
import { step, type SubjectOf } from '../subject.js';
import { mishaps } from '../world.js';

/** Data of reloads: the data of a plugin is that of the current generation or, after a rollback, of an earlier one. */
export const configuration: SubjectOf = ({ swapper, history, ledger, deploys }) => {
  /** Every rate that was loaded, in order. */
  const rates: unknown[] = [undefined];
  return {
    module: 'let rate;',
    hooks: { onLoad: 'rate = data?.rate;' },
    live: { live_rate: 'async () => ({ rate })' },
    steps: {
      configure: step(0.5, integer({ min: 1, max: 3 }), (rate) =>
        deploys.inTurn('configured reload', async () => {
          // A call may be answered before the reload has resolved.
          rates.push(rate);
          await deploys.load({ rate });
        }),
      ),
      rate: step(4, integer({ min: 0, max: 0 }), () => {
        const [from, { rollbacks }] = [rates.length - 1, history];
        const objection = (answer: unknown): string | undefined => {
          const { rate } = answer as { rate: unknown };
          const allowed = history.rollbacks > 0 || rollbacks > 0 ? rates : rates.slice(Math.max(0, from - 1));
          return allowed.includes(rate) ? undefined : `${String(rate)} is none of ${allowed.join(', ')}`;
        };
        return ledger.follow('live_rate', () => swapper.call('live_rate'), objection, mishaps);
      }),
    },
  };
};
