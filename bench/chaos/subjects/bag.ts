import { constantFrom } from 'fast-check';
import { plainStep, step, type SubjectOf } from '../subject.js';
import { mishaps } from '../world.js';

/** Counts the writes of one key: those that were made, and those whose outcome nobody knows. */
interface Model {
  certain: number;
  possible: number;
}

/** Writes to the data bag by everybody at once, held against a model: none is lost, none is made twice. */
export const bag: SubjectOf = ({ swapper, ledger, deploys, guardian }) => {
  const model: Model = { certain: 0, possible: 0 };
  const add = (count: unknown): number => ((count as number | undefined) ?? 0) + 1;
  const bump = (): Promise<unknown> => swapper.current.vault.dataBag.update('count', add);
  const counted = async (write: () => Promise<unknown>): Promise<void> => {
    model.possible++;
    await write();
    model.certain++;
  };
  return {
    live: {
      live_bump:
        "async () => { await context.vault.dataBag.update('count', (count = 0) => count + 1); return true; }",
    },
    extension: {
      interfere: async (key: string) => {
        await swapper.current.vault.dataBag.set(key, 'of the host');
      },
    },
    steps: {
      bump: step(8, constantFrom('host', 'plugin'), (who) =>
        ledger.follow(
          `bump by ${who}`,
          () => counted(() => (who === 'host' ? bump() : swapper.call('live_bump'))),
          () => undefined,
          mishaps,
        ),
      ),
      // A hook reads, somebody else writes, the hook writes: one of the two writes would be lost.
      bagConflict: plainStep(0.5, () =>
        deploys.inTurn('reload with a conflict', async () => {
          await deploys.put((edition) => ({
            ...guardian(edition),
            hooks: {
              ...guardian(edition).hooks,
              onInit: `async () => { const { dataBag, extension } = context.vault; await dataBag.get('quarrel'); await extension.interfere('quarrel'); await dataBag.set('quarrel', ${edition}); }`,
            },
          }));
          await deploys.loadInVain('conflict');
          await deploys.put(guardian);
          const value = swapper.current.vault.dataBag.get('quarrel');
          if ((await value) !== 'of the host')
            ledger.violate(`The bag lost a write of the host: ${String(await value)}`);
        }),
      ),
      // A hook that updates has no conflict.
      bagUpdate: plainStep(0.5, () =>
        deploys.inTurn('reload that updates', async () => {
          await deploys.put((edition) => ({
            ...guardian(edition),
            hooks: {
              ...guardian(edition).hooks,
              onInit: `async () => { if (context.cause !== 'reload') return; const { dataBag } = context.vault; await dataBag.update('updates', (made = []) => [...new Set([...made, ${edition}])]); }`,
            },
          }));
          await deploys.load();
        }),
      ),
    },
    atRest: async () => {
      const count = await swapper.current.vault.dataBag.get('count');
      const made = (count as number | undefined) ?? 0;
      if (made < model.certain || made > model.possible)
        ledger.violate(
          `The bag counts ${made} writes; ${model.certain} of ${model.possible} were made for certain`,
        );
    },
  };
};
