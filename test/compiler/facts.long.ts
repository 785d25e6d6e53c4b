import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import type { Manifest } from '../../lib/manifest/manifest.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writePlugins, type Files } from '../helpers/write-plugins.js';

/** Resolves to the manifests of plugins, by plugin. */
async function manifestsOf(plugins: Record<string, Files>): Promise<Record<string, Manifest>> {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, plugins);
  const built = await build({ sources, outDir: join(folder, 'out'), rules: false });
  return Object.fromEntries(built.plugins.map(({ name, artifact }) => [name, artifact.manifest]));
}

/** Resolves to the signatures of the live functions that `source` declares, by name. */
async function signaturesOf(source: string): Promise<Record<string, string>> {
  const { guardian } = await manifestsOf({
    guardian: {
      'index.ts': `import { definePlugin } from 'liveswap/plugin';\n${source}\nexport default definePlugin({});`,
    },
  });
  return Object.fromEntries(guardian?.liveFunctions.map(({ name, signature }) => [name, signature]) ?? []);
}

const armory = {
  'index.ts': `
    import { definePlugin, type ExportsOf } from 'liveswap/plugin';
    import type { Sword } from './sword.js';
    const plugin = definePlugin({
      exports: async () => ({
        sword: async (length: number): Promise<Sword> => ({ length, edges: ['north'] }),
        shield: (size?: 'large' | 'small') => size ?? 'small',
        *spears(count: number) { yield count; },
      }),
      functions: { polish: (times: number) => Promise.resolve(times) },
    });
    export default plugin;
    export type ArmoryApi = ExportsOf<typeof plugin>;
  `,
  'sword.ts': `export interface Sword { length: number; edges: string[] }`,
};

test('exports and functions are recorded with signatures that are written out', async () => {
  const { armory: manifest } = await manifestsOf({ armory });
  expect(manifest?.exports).toMatchObject([
    { name: 'shield', signature: "(size?: 'large' | 'small') => 'large' | 'small'" },
    { name: 'spears', signature: '(count: number) => Generator<number, void, unknown>' },
    { name: 'sword', signature: '(length: number) => { edges: string[]; length: number }' },
  ]);
  expect(manifest?.functions).toMatchObject([{ name: 'polish', signature: '(times: number) => number' }]);
});

test('optional methods of exports, and their uses, are recorded like any', async () => {
  const { armory: exporter, guardian } = await manifestsOf({
    armory: {
      'index.ts': `
        import { definePlugin } from 'liveswap/plugin';
        export interface ArmoryApi {
          sword(): string;
          /** @readonly */
          polish?(times: number): string;
        }
        const exports: ArmoryApi = { sword: () => 'sword', polish: (times) => \`\${times} times\` };
        export default definePlugin({ exports });
      `,
    },
    guardian: {
      'index.ts': `
        import { definePlugin, importPlugin } from 'liveswap/plugin';
        import type { ArmoryApi } from '../armory/index.js';
        const armory = importPlugin<ArmoryApi>('armory');
        export const live_polish = (): Promise<string> => armory.polish(3);
        export default definePlugin({});
      `,
    },
  });
  expect(exporter?.exports).toMatchObject([
    { name: 'polish', signature: '(times: number) => string', readonly: true },
    { name: 'sword', signature: '() => string' },
  ]);
  expect(guardian?.imports).toMatchObject([
    { methods: [{ name: 'polish', signature: '(times: number) => string' }] },
  ]);
});

test('the inferred result type of an export is not part of its signature', async () => {
  const { armory: manifest } = await manifestsOf({
    armory: {
      'index.ts': `
        import { definePlugin } from 'liveswap/plugin';
        export default definePlugin({ exports: { motto: () => 'stand fast', oath: (): 'aye' => 'aye' } });
      `,
    },
  });
  expect(manifest?.exports).toMatchObject([
    { name: 'motto', signature: '() => string' },
    { name: 'oath', signature: "() => 'aye'" },
  ]);
});

test('exports that are only known when the plugin runs are left open', async () => {
  const { armory: manifest } = await manifestsOf({
    armory: {
      'index.ts': `
        import { definePlugin, type FunctionTable } from 'liveswap/plugin';
        const table: FunctionTable = {};
        export default definePlugin({ exports: table });
      `,
    },
  });
  expect(manifest).not.toHaveProperty('exports');
  expect(manifest?.functions).toEqual([]);
});

test.for([
  ['a direct use', `importPlugin<ArmoryApi>('armory').sword(1);`, ['sword']],
  [
    'a kept handle',
    `const armory = importPlugin<ArmoryApi>('armory'); void armory.shield(); void armory['sword'](2);`,
    ['shield', 'sword'],
  ],
  [
    'destructuring',
    `const { sword: make, shield = make } = importPlugin<ArmoryApi>('armory'); void shield;`,
    ['shield', 'sword'],
  ],
  ['nothing used', `export const armory = importPlugin<ArmoryApi>('armory');`, []],
  [
    'an alias',
    `const named = importPlugin; const NAME = 'armory'; const plugin2 = named<ArmoryApi>(NAME); void plugin2.sword(1);`,
    [],
  ],
  [
    'a member',
    `const deps = { armory: importPlugin<ArmoryApi>('armory') }; void deps.armory.sword(1);`,
    ['sword'],
  ],
  [
    'a generic function',
    `const same = <T>(value: T) => value; void same(importPlugin<ArmoryApi>('armory')).shield();`,
    ['shield'],
  ],
  [
    'a handle passed as something else',
    `const keep = (value: object) => value; keep(importPlugin<ArmoryApi>('armory'));`,
    ['shield', 'spears', 'sword'],
  ],
  [
    'a spread handle',
    `export const copy = { ...importPlugin<ArmoryApi>('armory') };`,
    ['shield', 'spears', 'sword'],
  ],
  [
    'a rest pattern',
    `export const { sword, ...rest } = importPlugin<ArmoryApi>('armory');`,
    ['shield', 'spears', 'sword'],
  ],
  [
    'a function that returns it',
    `export function get() { return importPlugin<ArmoryApi>('armory'); } void get().sword(1);`,
    ['sword'],
  ],
] as const)('%s needs the methods that it uses', async ([, code, methods]) => {
  const { guardian } = await manifestsOf({
    armory,
    guardian: {
      'index.ts': `
        import { definePlugin, importPlugin } from 'liveswap/plugin';
        import type { ArmoryApi } from '../armory/index.js';
        ${code}
        export default definePlugin({});
      `,
    },
  });
  expect(guardian?.imports.flatMap((found) => found.methods.map(({ name }) => name))).toEqual(methods);
});

test('a handle is followed into other files, and its signatures read as those of the exporter', async () => {
  const { guardian, armory: exporter } = await manifestsOf({
    armory,
    guardian: {
      'index.ts': `
        import * as liveswap from 'liveswap/plugin';
        import { armory as arms } from './barrel.js';
        export default liveswap.definePlugin({ onLoad: async () => { await arms.sword(3); await arms.shield('large'); } });
      `,
      'barrel.ts': `export * from './deps/armory.js';`,
      'deps/armory.ts': `
        import { importPlugin as use } from 'liveswap/plugin';
        import type { ArmoryApi } from '../../armory/index.js';
        export const armory = use<ArmoryApi>('armory');
      `,
    },
  });
  expect(guardian?.imports).toEqual([
    {
      plugin: 'armory',
      file: 'deps/armory.ts',
      line: 4,
      methods: exporter?.exports?.filter(({ name }) => name !== 'spears'),
    },
  ]);
});

test('an import whose name is not a literal is a finding', async () => {
  const found = manifestsOf({
    guardian: {
      'index.ts': `
        import { definePlugin, importPlugin } from 'liveswap/plugin';
        importPlugin<{ sword(): string }>(process.argv[2] ?? '');
        export default definePlugin({});
      `,
    },
  });
  await expect(found).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    findings: [
      { rule: 'imports', line: 3, problem: 'The name of the imported plugin is only known at run time.' },
    ],
  });
});

test('signatures are written out, sorted, and free of the places where types are declared', async () => {
  const signatures = await signaturesOf(`
    import type { Readable } from 'node:stream';
    enum Rank { Page, Knight = 'knight' }
    interface Order { id: number; readonly lines: readonly Line[]; note?: string; rank: Rank }
    type Line = { price: bigint } & { count: number };
    type Tree = { value: string; left?: Tree; right?: Tree };
    export const live_order = async (order: Order, ...tags: string[]): Promise<Map<string, Order['id']>> => new Map();
    export function live_tree(tree: Tree): boolean | null { return null; }
    type Json = string | number | Json[] | { [key: string]: Json };
    export function live_json(value: Json): Json { return value; }
    export async function* live_stream(at: Date, bytes: Uint8Array, source?: Readable) { yield 1; }
    export function live_pair<T extends object>(value: T, [first]: [a: string, b?: number]): T | undefined { return value; }
    export async function live_any(callback: (this: void, error: unknown) => void, data: any) {}
  `);
  expect(signatures).toMatchObject({
    live_order:
      "(order: { id: number; lines: readonly { count: number; price: bigint }[]; note?: string; rank: 'knight' | 0 }, ...tags: string[]) => Promise<Map<string, number>>",
    live_tree: '(tree: { left?: Tree; right?: Tree; value: string }) => Promise<boolean | null>',
    live_json: expect.stringMatching(
      /^\(value: Json\[\] \| number \| string \| \{ \[key: string\]: Json \}\) => Promise</,
    ),
    live_stream:
      "(at: Date, bytes: Uint8Array, source?: import('stream').Readable) => Promise<AsyncGenerator<number, void, unknown>>",
    live_pair: '<T extends object>(value: T, arg1: [string, number?]) => Promise<Awaited<T> | undefined>',
    live_any: '(callback: (error: unknown) => void, data: any) => Promise<void>',
  });
});

test('live types are recorded with what an instance carries', async () => {
  const { guardian } = await manifestsOf({
    guardian: {
      'index.ts': `
        import { definePlugin } from 'liveswap/plugin';
        class Job { id = 0 }
        export class Live_Fire extends Job {
          static fired = 0 as const;
          shots = 1; target?: string | undefined; readonly at = new Date(); private lit = false; #secret = 1;
          async handle() { return this.#secret + Number(this.lit); }
          get hot() { return true; }
        }
        export class live_Idle {}
        export default definePlugin({});
      `,
    },
  });
  expect(guardian?.liveTypes).toMatchObject([
    {
      name: 'Live_Fire',
      file: 'index.ts',
      line: 4,
      handles: true,
      fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/),
      fields: [
        { name: 'shots', type: 'number', optional: false },
        { name: 'target', type: 'string', optional: true },
        { name: 'at', type: 'Date', optional: false },
        { name: 'lit', type: 'boolean', optional: false },
        { name: 'id', type: 'number', optional: false },
      ],
    },
    { name: 'live_Idle', handles: false, fields: [] },
  ]);
});

test('live types are named in what a function takes, and declared once, with their fields', async () => {
  const { guardian } = await manifestsOf({
    guardian: {
      'index.ts': `
        import { definePlugin } from 'liveswap/plugin';
        export class Live_Fire { shots = 1; #lit = false; async handle() { this.#lit = true; } }
        interface Order { fires: readonly Live_Fire[]; at: Date }
        /** @readonly */
        export const live_order = (order: Order, done: (at: Date) => void, ...more: Live_Fire[]) => { done(order.at); return more.length; };
        export default definePlugin({});
      `,
    },
  });
  const order = guardian?.liveFunctions[0];
  expect(order).toMatchObject({ readonly: true, idempotent: false });
  expect(order?.shape?.calls).toEqual([
    {
      parameters: [
        { name: 'order', shape: { kind: 'ref', name: 'Order' } },
        {
          name: 'done',
          shape: {
            kind: 'function',
            calls: [
              { parameters: [{ name: 'at', shape: { kind: 'platform', name: 'Date' } }], result: 'void' },
            ],
          },
        },
        { name: 'more', shape: { kind: 'array', element: { kind: 'ref', name: 'Live_Fire' } }, rest: true },
      ],
      result: 'number',
    },
  ]);
  expect(guardian?.types).toEqual({
    Live_Fire: { kind: 'object', fields: [{ name: 'shots', shape: 'number' }], declared: true },
    Order: {
      kind: 'object',
      fields: [
        { name: 'at', shape: { kind: 'platform', name: 'Date' } },
        {
          name: 'fires',
          shape: { kind: 'array', element: { kind: 'ref', name: 'Live_Fire' }, readonly: true },
        },
      ],
      declared: true,
    },
  });
});

test('a brand is told by its name, whatever number the checker gave it', async () => {
  const branded = {
    'index.ts': `
      import { definePlugin, type ExportsOf } from 'liveswap/plugin';
      declare const brand: unique symbol;
      export type Sku = string & { readonly [brand]: 'Sku' };
      const plugin = definePlugin({ exports: { price: (sku: Sku) => sku.length } });
      export default plugin;
      export type Api = ExportsOf<typeof plugin>;
    `,
  };
  const other = {
    'index.ts': `import { definePlugin } from 'liveswap/plugin';\ndeclare const other: unique symbol;\nexport default definePlugin({ exports: { find: (key: { [other]: 1 }) => key } });`,
  };
  const alone = await manifestsOf({ shop: branded });
  const together = await manifestsOf({ armory, other, shop: branded });
  expect(together['shop']).toEqual(alone['shop']);
  expect(JSON.stringify(alone)).not.toContain('__@');
});

test('a brand is told by the file of its symbol as well, wherever that is imported', async () => {
  const brandOf = (name: string) =>
    `declare const brand: unique symbol;\nexport type ${name} = string & { readonly [brand]: true };`;
  const { shop } = await manifestsOf({
    shop: {
      'users.ts': brandOf('UserId'),
      'orders/index.ts': brandOf('OrderId'),
      'index.ts': `import { definePlugin } from 'liveswap/plugin';
        import type { UserId } from './users.js';
        import type { OrderId } from './orders/index.js';
        export const live_user = (id: UserId) => id.length;
        export const live_order = (id: OrderId) => id.length;
        export default definePlugin({});`,
    },
  });
  const types = JSON.stringify(shop?.types);
  for (const origin of ['users', 'orders/index']) expect(types).toContain(`"origin":"${origin}"`);
});

/** Resolves to the facts of a live type that holds others, one of them with this field. */
async function quiverOf(arrow: string): Promise<Manifest['liveTypes'][number] | undefined> {
  const { guardian } = await manifestsOf({
    guardian: {
      'index.ts': `
          import { definePlugin } from 'liveswap/plugin';
          class Bow { strung = true; draw() {} }
          export { Bow as Live_Bow };
          export const Live_Arrow = class { ${arrow} handle() {} };
          export class Live_Quiver {
            arrows: InstanceType<typeof Live_Arrow>[] = [];
            bow?: Bow | null;
            spare = new Map<string, Live_Quiver | undefined>();
            make: typeof Bow = Bow;
          }
          export default definePlugin({});
        `,
    },
  });
  return guardian?.liveTypes.find(({ name }) => name === 'Live_Quiver');
}

test('fields of live types name the live types they hold, however these are declared', async () => {
  const quiver = await quiverOf('sharp = true;');
  expect(quiver?.fields).toMatchObject([
    { name: 'arrows', type: 'Live_Arrow[]', optional: false },
    { name: 'bow', type: 'Live_Bow | null', optional: true },
    { name: 'spare', type: 'Map<string, Live_Quiver | undefined>', optional: false },
    { name: 'make', type: 'typeof Bow', optional: false },
  ]);
  // A change of another live type does not count.
  expect((await quiverOf('sharp = 1;'))?.fingerprint).toBe(quiver?.fingerprint);
});

test('@idempotent is read from functions, variables and overloads', async () => {
  const { guardian } = await manifestsOf({
    guardian: {
      'index.ts': `
        import { definePlugin } from 'liveswap/plugin';
        /** Charges. @idempotent */ export async function live_charge() {}
        /** @idempotent */ export const live_refund = async () => {};
        /** @idempotent */ export function live_pay(amount: number): void;
        export function live_pay(amount: string): void;
        export function live_pay(amount: number | string): void {}
        /** Not @idempotentish. */ export async function live_ship() {}
        async function live_pack() {}
        export { live_pack as live_wrap };
        export default definePlugin({});
      `,
    },
  });
  expect(guardian?.liveFunctions.map(({ name, idempotent }) => [name, idempotent])).toEqual([
    ['live_charge', true],
    ['live_refund', true],
    ['live_pay', true],
    ['live_ship', false],
    ['live_wrap', false],
  ]);
});

test('@affinity is read as the place of the key among the arguments', async () => {
  const { guardian } = await manifestsOf({
    guardian: {
      'index.ts': `
        import { definePlugin } from 'liveswap/plugin';
        /** @affinity room the place */ export async function live_enter(who: string, room: string) { return who + room; }
        /** @affinity order.room.name */ export const live_serve = async (order: { room: { name: string } }) => order;
        /** @affinity id */ export function live_find(name: string): void;
        export function live_find(name: string, id: number): void;
        export function live_find(name: string, id?: number): void { void [name, id]; }
        export async function live_leave(room: string) { return room; }
        export default definePlugin({
          exports: {
            /** @affinity room */
            clean: async (room: string) => room,
          },
          functions: {
            /** @affinity room */
            lock: async (key: string, room: string) => key + room,
          },
        });
      `,
    },
  });
  const places = [guardian?.liveFunctions, guardian?.exports, guardian?.functions].flatMap(
    (facts) => facts?.map(({ name, affinity }) => [name, affinity]) ?? [],
  );
  expect(places).toEqual([
    ['live_enter', { parameter: 1, path: [] }],
    ['live_serve', { parameter: 0, path: ['room', 'name'] }],
    ['live_find', { parameter: 1, path: [] }],
    ['live_leave', undefined],
    ['clean', { parameter: 0, path: [] }],
    ['lock', { parameter: 1, path: [] }],
  ]);
});

test('@readonly is read from functions of all kinds, beside them or where what they name is declared', async () => {
  const { guardian } = await manifestsOf({
    guardian: {
      'index.ts': `
        import { definePlugin } from 'liveswap/plugin';
        import { crest, helm } from './forge.js';
        import * as forge from './forge.js';
        /** @readonly */
        export const live_watch = async () => 1;
        /** @readonly */
        function sword() { return 1; }
        const more = {
          /** @readonly */
          axe: () => 1,
        };
        export default definePlugin({
          exports: async () => ({ sword, crest, polished: helm, blade: forge.blade, ...more, /** @readonly */ bow: () => 1, melt: () => 2 }),
          functions: { /** @readonly */ look() { return 1; }, /** Not @readonlyish. */ strike() {}, /** of spear */
            spear() {} },
        });
      `,
      'forge.ts': `
        /** @readonly */
        export const crest = (): number => 1;
        /** @readonly */
        export function helm(): number { return 1; }
        export const blade = (): number => 1;
      `,
    },
  });
  const readonly = (facts: readonly { name: string; readonly?: true }[] = []): string[] =>
    facts.filter((one) => one.readonly).map(({ name }) => name);
  expect(readonly(guardian?.liveFunctions)).toEqual(['live_watch']);
  expect(readonly(guardian?.exports)).toEqual(['axe', 'bow', 'crest', 'polished', 'sword']);
  expect(readonly(guardian?.functions)).toEqual(['look']);
});

test('the names that are removed are read as they are written, by way of constants too', async () => {
  const manifests = await manifestsOf({
    plain: {
      'index.ts': `import { definePlugin } from 'liveswap/plugin';
        export default definePlugin({ removed: { live_old: 'gone', 'live_older': \`gone as well\` } });`,
    },
    constant: {
      'index.ts': `import { definePlugin as define } from 'liveswap/plugin';
        const reason = 'gone';
        const removed = { live_old: reason } as const;
        const definition = { removed } satisfies object;
        export default define(definition);`,
    },
  });
  expect(manifests['plain']?.removed).toEqual({ live_old: 'gone', live_older: 'gone as well' });
  expect(manifests['constant']?.removed).toEqual({ live_old: 'gone' });
});

test('functions and classes that are made by others are live as well', async () => {
  const { guardian } = await manifestsOf({
    guardian: {
      'index.ts': `
        import { definePlugin } from 'liveswap/plugin';
        const logged = <Args extends unknown[]>(run: (...args: Args) => string) => (...args: Args) => run(...args);
        const named = (name: string) => class { name = name; handle() {} };
        export const live_salute = logged((name: string) => name);
        export const { live_shut } = { live_shut: () => true };
        export const Live_Fire = named('fire');
        export const LIVE_HOURS = [6, 18];
        export default definePlugin({});
      `,
    },
  });
  expect(guardian?.liveFunctions.map(({ name, signature }) => [name, signature])).toEqual([
    ['live_salute', '(...args: [string]) => Promise<string>'],
    ['live_shut', '() => Promise<boolean>'],
  ]);
  expect(guardian?.liveTypes.map(({ name }) => name)).toEqual(['Live_Fire']);
});
