import { boolean, constantFrom } from 'fast-check';
import { armory, doomed } from '../plugins.js';
import { plainStep, step, type SubjectOf } from '../subject.js';

const faults = {
  throws: { module: "throw new Error('No gate.');" },
  leaves: { module: 'process.exit(4);' },
  hook: { hooks: { onLoad: "() => { throw new Error('No.'); }" } },
  truncated: {},
  veto: {},
} as const;

const veto = (): never => {
  throw new Error('Vetoed.');
};

/** Releases: good ones, needless ones, bad ones, ones that die at their first call, rollbacks, and a flipped link. */
export const reloads: SubjectOf = ({ deploys, guardian }) => ({
  // The generation's own functions answer while it comes up, and while a thread is replaced.
  hooks: { onInit: "if (edition % 3 === 0) await context.vault.call('live_answer');" },
  steps: {
    reload: step(4, constantFrom('guardian', 'armory', 'both', 'nothing'), (changes) =>
      deploys.inTurn(`reload (${changes})`, async () => {
        if (changes === 'armory' || changes === 'both') await deploys.put(armory);
        if (changes === 'guardian' || changes === 'both') await deploys.put(guardian);
        await deploys.load();
      }),
    ),
    badReload: step(2, constantFrom('throws', 'hook', 'truncated', 'leaves', 'veto'), (how) =>
      deploys.inTurn(`bad reload (${how})`, async () => {
        await deploys.put((edition) => ({ ...guardian(edition), ...faults[how] }));
        if (how === 'truncated') await deploys.cut('guardian');
        await deploys.loadInVain(how, undefined, how === 'veto' ? { onReload: veto } : {});
        await deploys.put(guardian);
      }),
    ),
    doomedReload: plainStep(0.2, () =>
      deploys.inTurn('doomed reload', async () => {
        await deploys.put(doomed(guardian));
        await deploys.load();
      }),
    ),
    rollback: plainStep(1, () => deploys.inTurn('rollback', () => deploys.rollBack())),
    flip: step(0.5, boolean(), (prunes) =>
      deploys.inTurn('flipped link', async () => {
        await deploys.flip(prunes);
        await deploys.load();
      }),
    ),
    forced: step(0.5, constantFrom(true, ['guardian'], ['armory']), (force) =>
      deploys.inTurn('forced reload', () => deploys.load(undefined, { force })),
    ),
  },
});
