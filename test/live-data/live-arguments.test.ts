import { describe, expect, it } from 'vitest';
import { LiveData } from '../../lib/index.js';
import { modes, useBuilt } from '../helpers/modes.js';

const guardian = {
  'index.ts': `
    import { context, definePlugin, type ExportsOf } from 'liveswap/plugin';
    import { Live_Fire, Live_Volley } from './fire.js';

    interface Order { name: string; fires: Live_Fire[]; }
    const told = (fire: unknown) => (fire instanceof Live_Fire ? fire.tell() : 'a plain ' + JSON.stringify(fire));

    export const live_tell = (fire: Live_Fire) => told(fire);
    export const live_tellAll = (first: string, ...fires: Live_Fire[]) => [first, ...fires.map(told)];
    export const live_order = (order: Order, done: (said: string) => void) => done(order.fires.map(told).join());
    export const live_maybe = (fire?: Live_Fire | string, byName = new Map<string, Live_Fire>()) =>
      [told(fire), ...[...byName].map(([name, one]) => name + told(one))];
    export const live_volley = (volley: Live_Volley) => [volley instanceof Live_Volley, volley.fires.map(told)];
    export const live_either = (one: Live_Fire | Live_Volley | { kind: string } | string) => told(one);
    export const live_frozen = (fire: Readonly<Live_Fire>, change: Partial<Live_Fire>) => [told(fire), told(change)];
    export const live_keep = (data: { shots: number }) => told(data);
    export const live_make = (shots: number): Live_Fire => Object.assign(new Live_Fire(), { shots });
    export async function live_relay() {
      const fire = Object.assign(new Live_Fire(), { shots: 9 });
      return [
        await context.vault.call('live_tell', fire),
        await context.vault.call('live_maybe', 'bows'),
        told(await context.vault.call('live_make', 4)),
      ];
    }
    const plugin = definePlugin({
      exports: { tell: (fire: Live_Fire) => told(fire) },
      functions: { tell: (fires: Set<Live_Fire>) => [...fires].map(told) },
    });
    export default plugin;
    export type GuardianApi = ExportsOf<typeof plugin>;`,
  'fire.ts': `
    export class Live_Fire {
      shots = 1;
      target = 'gate';
      tell() { return this.shots + ' at the ' + this.target; }
      static upcast({ rounds, ...fields }: Record<string, unknown>) {
        return rounds === undefined ? fields : { ...fields, shots: rounds };
      }
    }
    export class Live_Volley { fires: Live_Fire[] = []; }`,
};

const herald = {
  'index.ts': `
    import { definePlugin, importPlugin } from 'liveswap/plugin';
    import type { GuardianApi } from '../guardian/index.js';
    const guardian = importPlugin<GuardianApi>('guardian');
    export const live_pass = (fire: never) => guardian.tell(fire);
    export default definePlugin({});`,
};

const swapperOf = useBuilt({ guardian, herald });

describe.each(modes)('in mode %s, what a function takes as a live type', (mode) => {
  it('is an instance of the newest class, whoever calls and wherever in the arguments it is', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    expect(await swapper.call('live_tell', { shots: 3 })).toBe('3 at the gate');
    expect(await swapper.call('live_tellAll', 'ho', { shots: 1 }, { target: 'bridge' })).toEqual([
      'ho',
      '1 at the gate',
      '1 at the bridge',
    ]);
    const said: string[] = [];
    const order = { name: 'dawn', fires: [{ shots: 5 }, { shots: 6, unknown: true }] };
    await swapper.call('live_order', order, (words: string) => void said.push(words));
    expect(said).toEqual(['5 at the gate,6 at the gate']);
    expect(await swapper.call('live_maybe', { shots: 2 }, new Map([['a: ', { shots: 8 }]]))).toEqual([
      '2 at the gate',
      'a: 8 at the gate',
    ]);
    expect(await swapper.call('live_volley', { fires: [{ shots: 7 }] })).toEqual([true, ['7 at the gate']]);
    expect(await swapper.call('live_frozen', { shots: 5 }, {})).toEqual(['5 at the gate', '1 at the gate']);
    const handle = swapper.current.plugin('guardian');
    expect(await handle.invoke('tell', new Set([{ shots: 4 }]))).toEqual(['4 at the gate']);
    expect(await swapper.call('live_pass', { shots: 3 })).toBe('3 at the gate');
  });

  it('crosses from the plugin itself, too, and comes back to it and to the host as its fields', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    expect(await swapper.call('live_relay')).toEqual([
      '9 at the gate',
      ['a plain "bows"'],
      'a plain {"shots":4,"target":"gate"}',
    ]);
    expect(await swapper.call('live_make', 2)).toStrictEqual({ shots: 2, target: 'gate' });
  });

  it('is revived as live data is: by upcast, and refused with where it does not fit', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    expect(await swapper.call('live_tell', { rounds: 12 })).toBe('12 at the gate');
    await expect(swapper.call('live_order', { fires: [{}, { shots: 'many' }] })).rejects.toMatchObject({
      code: 'LIVE_DATA_MISMATCH',
      path: 'arguments[0].fires[1].shots',
      expected: 'number',
      got: 'string',
    });
  });

  it('is left alone where it is something else, and so is what is not of a live type', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    expect(await swapper.call('live_maybe', 'bows')).toEqual(['a plain "bows"']);
    expect(await swapper.call('live_maybe')).toEqual(['a plain undefined']);
    expect(await swapper.call('live_tell', null)).toBe('a plain null');
    expect(await swapper.call('live_tell', LiveData.of('Live_Fire', { shots: 3 }))).toMatch(/^a plain /);
    expect(await swapper.call('live_keep', { shots: 1 })).toBe('a plain {"shots":1}');
    // The argument could be of three types, and liveswap guesses none.
    expect(await swapper.call('live_either', { kind: 'truce' })).toBe('a plain {"kind":"truce"}');
  });
});
