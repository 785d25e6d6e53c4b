import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const names = ['armory', 'guardian', 'herald'] as const;

/** Places where the next release of a plugin fails, if it does. */
const faults = ['none', 'none', 'onLoad', 'onActive', 'late onActive', 'onYield', 'exit in onYield'] as const;
type Fault = (typeof faults)[number];

/**
 * Knows which release of each plugin is active: there are never two, and only the active one answers calls of an exclusive
 * plugin.
 */
class Register {
  readonly active = new Map<string, number>();
  readonly wrongs: string[] = [];

  enter(plugin: string, release: number): void {
    const other = this.active.get(plugin);
    if (other !== undefined) this.wrongs.push(`${plugin}: ${release} became active beside ${other}`);
    this.active.set(plugin, release);
  }

  leave(plugin: string, release: number): void {
    if (this.active.get(plugin) !== release)
      this.wrongs.push(`${plugin}: ${release} yielded and was not active`);
    this.active.delete(plugin);
  }

  answer(plugin: string, release: number): void {
    const active = this.active.get(plugin);
    if (active !== release) this.wrongs.push(`${plugin}: ${release} answered while ${active} was active`);
  }
}

/** Returns a plugin whose calls go on to the others, `depth` deep, in an order that `seed` decides. */
function plugin(name: string, release: number, exclusive: boolean, fault: Fault): PluginText {
  const tell = (what: string): string => `context.vault.extension.${what}("${name}", ${release})`;
  const enter = `await ${tell('enter')};`;
  const broken = 'throw new RangeError("broken");';
  // Time passes while a call is on its way to another thread. Reports from here reach the host in order.
  const answer = exclusive ? `await ${tell('answer')};` : '';
  return {
    name,
    exclusive,
    live: {
      // Hooks call this: the call passes every gate, even that of a version that has yielded already.
      [`live_${name}_past`]: '() => 1',
      [`live_${name}`]: `async (depth, seed) => {
        ${answer}
        if (depth === 0) return 1;
        const next = ${JSON.stringify(names)}[(seed + depth) % 3];
        return 1 + await context.vault.call("live_" + next, depth - 1, seed);
      }`,
    },
    hooks: {
      onLoad: `() => { ${fault === 'onLoad' ? broken : ''} }`,
      onActive: `async () => { ${fault === 'onActive' ? broken : ''} ${enter} ${fault === 'late onActive' ? `await ${tell('leave')}; ${broken}` : ''} }`,
      onYield: `async () => { await ${tell('leave')}; await context.vault.call("live_armory_past"); ${
        fault === 'exit in onYield' ? 'process.exit(3);' : fault === 'onYield' ? broken : ''
      } }`,
    },
  };
}

const round = fc.record({
  fault: fc.constantFrom(...faults),
  which: fc.nat(2),
  calls: fc.array(fc.record({ to: fc.nat(2), depth: fc.nat(4), seed: fc.nat(5) }), {
    minLength: 5,
    maxLength: 20,
  }),
});

test('nothing hangs, each call settles and never two versions are active, for any exclusive plugins, calls and failures', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      fc.array(round, { minLength: 4, maxLength: 4 }),
      async (exclusive, rounds) => {
        const folder = await tempFolder();
        const register = new Register();
        const at = (which: number, release: number, fault: Fault): PluginText =>
          plugin(names[which]!, release, exclusive[which]!, fault);
        await deploy(folder, at(0, 1, 'none'), at(1, 1, 'none'), at(2, 1, 'none'));
        const swapper: Swapper = openSwapper(folder, {
          extension: () => register,
          crashLoop: { crashes: 100, withinMs: 60_000 },
        });
        await swapper.load();
        let release = 1;
        for (const { fault, which, calls } of rounds) {
          release++;
          await deploy(folder, at(which, release, fault));
          const answers = calls.map(({ to, depth, seed }) => swapper.call(`live_${names[to]}`, depth, seed));
          const reloaded = swapper.reload().then(
            () => 'reloaded',
            () => 'refused',
          );
          const settled = await Promise.allSettled(answers);
          for (const [index, one] of settled.entries()) {
            if (one.status === 'fulfilled') expect(one.value).toBe(calls[index]!.depth + 1);
            // Only a thread that was told to die may have taken a call along.
            else expect(one.reason).toMatchObject({ code: 'THREAD_CRASHED' });
          }
          await reloaded;
          expect(register.wrongs).toEqual([]);
          // A version that died while it yielded, and has to continue, comes back as after any crash.
          await expect.poll(() => [...register.active.keys()].sort()).toEqual([...names]);
        }
        await swapper.close();
        expect(register.wrongs).toEqual([]);
      },
    ),
    { numRuns: 3, endOnFailure: true },
  );
});
