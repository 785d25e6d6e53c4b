import { integer } from 'fast-check';
import { lifetimeOf } from '../../../lib/index.js';
import type { Answer } from '../edition.js';
import { plainStep, step, type SubjectOf } from '../subject.js';
import { ask, fitting, mishaps } from '../world.js';

const times = integer({ min: 0, max: 4 });

/** A call-back of a plugin that the host keeps. */
interface Kept {
  readonly edition: number;
  readonly ring: () => Promise<Answer>;
}

/** Call-backs: the host's, which may throw, and those of plugins that the host keeps and calls whenever it likes. */
export const callbacks: SubjectOf = (world) => {
  const { swapper, ledger } = world;
  const kept = new Set<Kept>();
  const refuse = (): never => {
    throw new RangeError('Not now.');
  };
  return {
    live: {
      live_report:
        'async (tell, times) => { for (let time = 0; time < times; time++) await tell(me()); return me(); }',
      // Nobody waits for this call-back, which may throw.
      live_shout:
        'async (tell, times) => { for (let time = 0; time < times; time++) tell(me()); return me(); }',
      live_dare:
        'async (tell) => { const error = await tell(me()).catch((error) => error); return { ...me(), told: error.message }; }',
      live_badly: 'async (tell) => { tell(() => {}, Symbol.iterator); return me(); }',
      live_subscribe:
        'async () => { await context.vault.extension.subscribe(edition, () => me()); return me(); }',
    },
    extension: {
      subscribe: (edition: number, ring: Kept['ring']) => {
        const one = { edition, ring };
        kept.add(one);
        lifetimeOf(ring).addEventListener('abort', () => kept.delete(one));
      },
    },
    steps: {
      callback: step(3, times, (count) => {
        let told = 0;
        const fits = fitting(world);
        const call = (): Promise<unknown> => swapper.call('live_report', () => void told++, count);
        const objection = (answer: unknown): string | undefined =>
          told === count ? fits(answer) : `told ${told} times instead of ${count}`;
        return ledger.follow('live_report', call, objection, mishaps);
      }),
      shout: step(3, times, (count) => ask(world, 'live_shout', refuse, count)),
      badly: plainStep(1, () => ask(world, 'live_badly', refuse)),
      dare: plainStep(3, () => {
        const fits = fitting(world);
        const objection = (answer: unknown): string | undefined =>
          (answer as { told: string }).told === 'Not now.' ? fits(answer) : JSON.stringify(answer);
        return ledger.follow('live_dare', () => swapper.call('live_dare', refuse), objection, mishaps);
      }),
      subscribe: plainStep(3, () => ask(world, 'live_subscribe')),
      ring: plainStep(3, () =>
        Promise.all(
          [...kept].map(({ edition, ring }) =>
            ledger.follow(
              'ring',
              () => ring(),
              (answer) => {
                const by = (answer as Answer).by.guardian;
                return by === edition ? undefined : `${by} answered for ${edition}`;
              },
              [...mishaps, 'RETIRED'],
            ),
          ),
        ),
      ),
      // Nobody waits for these calls: a rejection must end nothing.
      ringAll: plainStep(2, () => {
        for (const { ring } of kept) void ring();
        return undefined;
      }),
    },
  };
};
