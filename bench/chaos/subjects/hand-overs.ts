import { constantFrom } from 'fast-check';
import { isLiveswapError } from '../../../lib/index.js';
import type { MakePlugin } from '../edition.js';
import { plainStep, step, type SubjectOf } from '../subject.js';
import { fitting, mishaps } from '../world.js';

/** Places where a hand-over fails, in the next edition or in the one that yields, and ways to fail; `none` does not fail. */
const faults = [
  'none',
  'none',
  'throw in onLoad',
  'throw in onInit',
  'throw in onActive',
  'throw in onYield',
  'exit in onLoad',
  'exit in onActive',
  'exit in onYield',
] as const;

/** Knows which edition of the gate is active: there are never two, and only the active one answers. */
class Register {
  active: number | undefined;
  #version: string | undefined;
  readonly #violate: (what: string) => void;

  constructor(violate: (what: string) => void) {
    this.#violate = violate;
  }

  enter(edition: number, version: string): void {
    if (this.active !== undefined) this.#violate(`the gate: ${edition} became active beside ${this.active}`);
    this.active = edition;
    this.#version = version;
  }

  leave(edition: number): void {
    if (this.active !== edition)
      this.#violate(`the gate: ${edition} yielded while ${this.active} was active`);
    this.active = undefined;
  }

  /** Records that a thread of a version has died, so that it cannot report that it leaves. */
  died(version: string): void {
    if (this.#version === version) this.active = undefined;
  }

  answer(edition: number): void {
    if (this.active !== edition)
      this.#violate(`the gate: ${edition} answered while ${this.active} was active`);
  }
}

/** Asks the host whether to fail here. */
const mayFail = (where: string): string =>
  `{ const how = await context.vault.extension.fault('${where}'); if (how === 'throw') throw new RangeError('broken'); if (how === 'exit') process.exit(3); }`;

const gate: MakePlugin = (edition) => ({
  name: 'gate',
  exclusive: true,
  live: {
    live_gate:
      'async (depth = 0) => { await context.vault.extension.gateAnswers(edition); if (depth > 0) await context.vault.call("live_gate", depth - 1); return { by: { gate: edition }, version: context.version }; }',
    live_gateBack: 'async (back) => { await context.vault.extension.gateAnswers(edition); return back(); }',
  },
  module: `const edition = ${edition}; let passed = 0;`,
  hooks: {
    onLoad: `async () => ${mayFail('onLoad')}`,
    onInit: `async () => ${mayFail('onInit')}`,
    onActive: `async (previous) => { ${mayFail('onActive')} passed = previous?.passed ?? 0; await context.vault.extension.gateEnters(edition, context.version); }`,
    onYield: `async () => { await context.vault.extension.gateLeaves(edition); ${mayFail('onYield')} return { passed: passed + 1 }; }`,
  },
});

/** A plugin of which only one version may be active, with hand-overs that fail at every step. */
export const handOvers: SubjectOf = (world) => {
  const { swapper, ledger, deploys } = world;
  const register = new Register((what) => ledger.violate(what));
  let armed: string | undefined;
  let fired = false;
  swapper.on('threadCrashed', ({ plugin, version }) => {
    if (plugin === 'gate') register.died(version);
  });
  return {
    begin: () => deploys.put(gate),
    extension: {
      gateEnters: (edition: number, version: string) => register.enter(edition, version),
      gateLeaves: (edition: number) => register.leave(edition),
      gateAnswers: (edition: number) => register.answer(edition),
      fault: (where: string) => {
        const [how, place] = armed?.split(' in ') ?? [];
        if (place !== where) return undefined;
        armed = undefined;
        fired = true;
        return how;
      },
    },
    steps: {
      gate: plainStep(8, () =>
        ledger.follow('live_gate', () => swapper.call('live_gate', 2), fitting(world), mishaps),
      ),
      gateBack: plainStep(4, () => {
        const call = (): Promise<unknown> => swapper.call('live_gateBack', () => swapper.call('live_gate'));
        return ledger.follow('live_gateBack', call, fitting(world), mishaps);
      }),
      handOver: step(2, constantFrom(...faults), (fault) =>
        deploys.inTurn(`hand-over (${fault})`, async () => {
          await deploys.put(gate);
          [armed, fired] = [fault === 'none' ? undefined : fault, false];
          await swapper.reload().catch((error: unknown) => {
            const isExpected = fired && isLiveswapError(error, 'RELOAD_FAILED');
            if (!isExpected && !ledger.isEnd(error))
              ledger.violate(`A hand-over (${fault}) failed: ${String(error)}`);
          });
          armed = undefined;
          // A fault happens once.
          if (fired) await deploys.load();
        }),
      ),
    },
    atRest: async () => {
      const answer = (await swapper.call('live_gate')) as { by: { gate: number } };
      if (answer.by.gate !== register.active)
        ledger.violate(`at rest, ${register.active} is active at the gate, and ${answer.by.gate} answers`);
    },
  };
};
