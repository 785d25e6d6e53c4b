import { expectTypeOf, test } from 'vitest';
import type { Generation, LiveswapError, PluginHandle, Session, Swapper } from '../../lib/index.js';
import {
  context,
  definePlugin,
  importPlugin,
  type ExportsOf,
  type FunctionsOf,
  type Remote,
} from '../../lib/plugin/index.js';
import type { PluginReport } from '../../lib/compiler/index.js';
import type { Watcher } from '../../lib/dev/index.js';

const armory = definePlugin({
  exports: async () => ({
    sword: (length: number) => `sword of ${length}`,
    stock: async () => new Map([['sword', 3]]),
    async *volley(shots: number) {
      for (let shot = 0; shot < shots; shot++) yield shot;
    },
  }),
});
type ArmoryApi = ExportsOf<typeof armory>;

const guardian = definePlugin({
  exports: { salute: (name: string) => `Hail ${name}` },
  functions: { polish: (times: number, gently?: boolean) => (gently ? times : `${times}`), rest() {} },
  onLoad(data) {
    expectTypeOf(data).toBeUnknown();
  },
  async onInit(vault) {
    expectTypeOf(vault).toEqualTypeOf(context.vault);
  },
});
type GuardianFunctions = FunctionsOf<typeof guardian>;

interface LiveFunctions {
  live_answerRollCall(name: string): Promise<string>;
}

declare const swapper: Swapper;
declare const watcher: Watcher;
declare const session: Session;

test('an imported plugin has the methods of its exports, each async', () => {
  const handle = importPlugin<ArmoryApi>('armory');
  expectTypeOf(handle).toEqualTypeOf<Remote<ArmoryApi>>();
  expectTypeOf(handle.sword).toEqualTypeOf<(length: number) => Promise<string>>();
  expectTypeOf(handle.stock).toEqualTypeOf<() => Promise<Map<string, number>>>();
  expectTypeOf(handle.volley).parameters.toEqualTypeOf<[shots: number]>();
  expectTypeOf<Awaited<ReturnType<typeof handle.volley>>>().toExtend<AsyncIterable<number>>();
  // @ts-expect-error not exported
  void handle.shield;
  // @ts-expect-error a number
  void handle.sword('long');
});

test('a generic export keeps its type parameters, an overloaded one its overloads, where it is async', () => {
  function weigh(item: string): Promise<string>;
  function weigh(item: number): Promise<number>;
  async function weigh(item: string | number): Promise<string | number> {
    return item;
  }
  const smithy = definePlugin({
    exports: {
      forge: async <Item extends object>(item: Item): Promise<Item> => item,
      melt: <Item extends object>(item: Item): Item => item,
      weigh,
    },
  });
  const handle = importPlugin<ExportsOf<typeof smithy>>('smithy');
  expectTypeOf(handle.forge({ length: 3 })).toEqualTypeOf<Promise<{ length: number }>>();
  expectTypeOf(handle.melt).toEqualTypeOf<(item: object) => Promise<object>>();
  expectTypeOf(handle.weigh('sword')).toEqualTypeOf<Promise<string>>();
  expectTypeOf(handle.weigh(3)).toEqualTypeOf<Promise<number>>();
  // @ts-expect-error an object
  void handle.forge(3);
});

test('an optional method is there, since a plugin that names one which is not exported is not loaded', () => {
  interface Smithy {
    forge?(length: number): string;
    melt?: (item: string) => Promise<void>;
    motto?: string;
  }
  const handle = importPlugin<Smithy>('smithy');
  expectTypeOf(handle.forge).toEqualTypeOf<(length: number) => Promise<string>>();
  expectTypeOf(handle.melt).toEqualTypeOf<(item: string) => Promise<void>>();
  // @ts-expect-error no function
  void handle.motto;
});

test('an export that declares its `this`, or gives a promise of a class of its own, is as plain as any from elsewhere', () => {
  class Patrol extends Promise<string> {
    halt(): void {}
  }
  class Watchtower {
    private readonly height = 12;
    async look(this: Watchtower, towards: string): Promise<string> {
      return `${towards} from ${this.height}`;
    }
    send(): Patrol {
      return new Patrol(() => {});
    }
    either(isLate: boolean): Promise<string> | number {
      return isLate ? Promise.resolve('late') : 1;
    }
    anything(): ReturnType<typeof JSON.parse> {}
    fall(): never {
      throw new Error('fallen');
    }
  }
  const watchtower = definePlugin({ exports: new Watchtower() });
  const handle = importPlugin<ExportsOf<typeof watchtower>>('watchtower');
  expectTypeOf(handle.look('north')).toEqualTypeOf<Promise<string>>();
  expectTypeOf(handle.send()).toEqualTypeOf<Promise<string>>();
  expectTypeOf(handle.either(true)).toEqualTypeOf<Promise<string | number>>();
  expectTypeOf(handle.anything()).toEqualTypeOf<Promise<ReturnType<typeof JSON.parse>>>();
  expectTypeOf(handle.fall()).toEqualTypeOf<Promise<never>>();
  // @ts-expect-error private
  void handle.height;
});

test('an interface does for the exports of a plugin, too', () => {
  interface HeraldApi {
    announce(name: string): void;
    readonly motto: string;
  }
  const herald = importPlugin<HeraldApi>('herald');
  expectTypeOf(herald.announce).toEqualTypeOf<(name: string) => Promise<void>>();
  // @ts-expect-error not a function
  void herald.motto;
});

test('exports and functions of a plugin are told apart', () => {
  expectTypeOf<ExportsOf<typeof guardian>>().toHaveProperty('salute');
  expectTypeOf<ExportsOf<typeof guardian>>().not.toHaveProperty('polish');
  expectTypeOf<GuardianFunctions>().toHaveProperty('polish');
  expectTypeOf<GuardianFunctions>().not.toHaveProperty('salute');
});

test('invoke takes what the function takes, and resolves to what it returns', () => {
  const handle = swapper.current.plugin<GuardianFunctions>('guardian');
  expectTypeOf(handle.invoke('polish', 3)).toEqualTypeOf<Promise<string | number>>();
  expectTypeOf(handle.invoke('polish', 3, true)).toEqualTypeOf<Promise<string | number>>();
  expectTypeOf(handle.invoke('rest')).toEqualTypeOf<Promise<void>>();
  expectTypeOf(session.plugin<GuardianFunctions>('guardian').invoke('rest')).toEqualTypeOf<Promise<void>>();
  // @ts-expect-error a number
  void handle.invoke('polish', 'thrice');
  // @ts-expect-error no such function
  void handle.invoke('salute', 'Kay');
});

test('without types, invoke takes anything and resolves to what has to be looked at', () => {
  expectTypeOf(swapper.current.plugin('guardian')).toEqualTypeOf<PluginHandle>();
  expectTypeOf(swapper.current.plugin('guardian').invoke('polish', 3, {})).toEqualTypeOf<Promise<unknown>>();
  expectTypeOf<Generation['plugins']>().toEqualTypeOf<readonly PluginHandle[]>();
});

test('live functions are typed by what the build generates, everywhere', () => {
  for (const live of [
    swapper.live<LiveFunctions>(),
    swapper.with({ timeoutMs: 500 }).live<LiveFunctions>(),
    session.live<LiveFunctions>(),
    swapper.current.vault.live<LiveFunctions>(),
    context.vault.live<LiveFunctions>(),
  ]) {
    expectTypeOf(live).toEqualTypeOf<LiveFunctions>();
    expectTypeOf(live.live_answerRollCall('Kay')).toEqualTypeOf<Promise<string>>();
    // @ts-expect-error a name
    void live.live_answerRollCall(7);
  }
});

test('without types, live functions take anything and resolve to what has to be looked at', () => {
  expectTypeOf(swapper.live()['live_any']!('Kay', 7)).toEqualTypeOf<Promise<unknown>>();
  expectTypeOf(context.vault.live['live_any']!('Kay', 7)).toEqualTypeOf<Promise<unknown>>();
});

test('the definition of a plugin is checked', () => {
  // @ts-expect-error no such hook
  definePlugin({ onUnload() {} });
  // @ts-expect-error a boolean
  definePlugin({ reloadable: 'no' });
  // @ts-expect-error functions only
  definePlugin({ functions: { motto: 'Stand' } });
  // @ts-expect-error a class is not called
  definePlugin({ functions: { Event } });
});

test('an interface, or a class, says what a plugin offers', () => {
  interface HeraldApi {
    announce(name: string): Promise<string>;
    readonly count: (times: number) => number;
  }
  const api: HeraldApi = { announce: async (name) => name, count: (times) => times };
  const herald = definePlugin({ exports: api, functions: api });
  expectTypeOf<ExportsOf<typeof herald>>().toEqualTypeOf<HeraldApi>();
  expectTypeOf<FunctionsOf<typeof herald>>().toEqualTypeOf<HeraldApi>();
  const late = definePlugin({ exports: async () => api });
  expectTypeOf<ExportsOf<typeof late>>().toEqualTypeOf<HeraldApi>();
  definePlugin<HeraldApi>({ exports: api });
  class Herald implements HeraldApi {
    announce = async (name: string): Promise<string> => name;
    count(times: number): number {
      return times;
    }
  }
  const instance = definePlugin({ exports: new Herald() });
  expectTypeOf<ExportsOf<typeof instance>>().toEqualTypeOf<Herald>();
  interface Mixed extends HeraldApi {
    readonly motto: string;
  }
  // @ts-expect-error functions only
  definePlugin({ exports: { ...api, motto: 'Stand' } as Mixed });
});

test('a listener is given the fields of its event', () => {
  swapper.on('reloaded', ({ generation, details, ms }) => {
    expectTypeOf(generation).toEqualTypeOf<number>();
    expectTypeOf(details).toExtend<Readonly<Record<string, string>>>();
    expectTypeOf(ms.total).toEqualTypeOf<number>();
  });
  swapper.on('threadCrashed', ({ plugin, thread, error }) => {
    expectTypeOf({ plugin, thread, error }).toExtend<{ plugin: string; thread: number; error: Error }>();
  });
  watcher.on('built', ({ reports, removed }) => {
    expectTypeOf(reports).toEqualTypeOf<readonly PluginReport[]>();
    expectTypeOf(removed).toEqualTypeOf<readonly string[]>();
  });
  watcher.on('failed', ({ error }) => expectTypeOf(error).toEqualTypeOf<LiveswapError>());
  // @ts-expect-error: there is no such event
  swapper.on('forgotten', () => {});
  // @ts-expect-error: it is an event of swappers
  watcher.on('reloaded', () => {});
});
