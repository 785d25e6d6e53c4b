import type { Session } from '../../../lib/index.js';
import type { Answer } from '../edition.js';
import { plainStep, type SubjectOf } from '../subject.js';
import { mishaps } from '../world.js';

/** A session, whose calls stay in its generation, in whatever way they call on. */
export const pins: SubjectOf = ({ swapper, history, ledger }) => {
  let session: Session | undefined;
  const pinned = (name: string, ...args: unknown[]): Promise<unknown> | undefined => {
    if (!session) return undefined;
    const { generation } = session;
    const made = history.now();
    const editions = history.editionsOf(generation.plugins);
    const objection = (answer: unknown): string | undefined =>
      history.objection(answer as Answer, made, editions);
    const call = (): Promise<unknown> => session?.call(name, ...args) ?? Promise.resolve();
    return ledger.follow(`pinned ${name}`, call, objection, mishaps);
  };
  return {
    live: { live_throughHost: 'async (back) => back()' },
    steps: {
      pin: plainStep(1, () => {
        session ??= swapper.pin();
        return undefined;
      }),
      pinnedCall: plainStep(3, () => pinned('live_arm')),
      pinnedRelay: plainStep(1, () => pinned('live_relay')),
      pinnedCallback: plainStep(1, () => pinned('live_throughHost', () => swapper.call('live_answer'))),
      release: plainStep(
        1,
        async () => {
          const released = session;
          session = undefined;
          await released?.release();
        },
        true,
      ),
    },
  };
};
