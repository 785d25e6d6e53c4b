import { describe, expect, it } from 'vitest';
import { pluginShape } from '../../../lib/compiler/rules/plugin-shape/plugin-shape.js';
import { checkRule, type CheckOptions, type Sources } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';

/** Where the rule finds something, as `index.ts:3`. */
function findings(sources: Sources, options?: CheckOptions): string[] {
  return checkRule(pluginShape, sources, options).map(({ at }) => at);
}

const root = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

/** A sound root with a file of live symbols beside it. */
const beside = (jobs: string, more: Readonly<Record<string, string>> = {}) => ({
  'index.ts': root,
  'jobs.ts': jobs,
  ...more,
});

describe('plugin-shape refuses', () => {
  it.each<[string, Sources, string[]]>([
    ['a plugin without a root', { 'jobs.ts': `export const shots = 1;` }, ['index.ts:1']],
    ['a root deeper down', { 'src/index.ts': root }, ['index.ts:1']],
    ['a root that exports nothing', `const shots = 1;\nconsole.log(shots);`, ['index.ts:1']],
    [
      'a root with a named export only',
      `import { definePlugin } from 'liveswap/plugin';\nexport const plugin = definePlugin({});`,
      ['index.ts:1'],
    ],
    ['a default export of something else', `\nexport default { exports: {} };`, ['index.ts:2']],
    [
      'an object that only has the type of a plugin',
      `import type { PluginDefinition } from 'liveswap/plugin';\nconst plugin: PluginDefinition = { functions: {} };\nexport default plugin;`,
      ['index.ts:2'],
    ],
    [
      'an object that satisfies the type of a plugin',
      `import type { PluginDefinition } from 'liveswap/plugin';\nexport default {} satisfies PluginDefinition;`,
      ['index.ts:2'],
    ],
    [
      'the result of another function of that name',
      `function definePlugin<T>(plugin: T): T { return plugin; }\nexport default definePlugin({});`,
      ['index.ts:2'],
    ],
    [
      'definePlugin itself',
      `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin;`,
      ['index.ts:2'],
    ],
    ['a function as the default export', `export default function plugin() { return {}; }`, ['index.ts:1']],
    ['a class as the default export', `export default class Guardian {}`, ['index.ts:1']],
    [
      'a default re-export of something else',
      {
        'index.ts': `export { default } from './plugin.js';`,
        'plugin.ts': `export default { exports: {} };`,
      },
      ['index.ts:1'],
    ],
    [
      'a live function that is not exported',
      beside(`async function live_salute() {}\nvoid live_salute;`),
      ['jobs.ts:1'],
    ],
    [
      'an arrow function with a live name that is not exported',
      beside(`export const shots = 1;\nconst live_salute = async () => shots;\nvoid live_salute;`),
      ['jobs.ts:2'],
    ],
    ['a live type that is not exported', beside(`class Live_Fire {}\nnew Live_Fire();`), ['jobs.ts:1']],
    [
      'a live type held by a variable that is not exported',
      beside(`const Live_Fire = class {};\nnew Live_Fire();`),
      ['jobs.ts:1'],
    ],
    ['a live name in capitals', beside(`async function LIVE_SALUTE() {}\nvoid LIVE_SALUTE;`), ['jobs.ts:1']],
    [
      'a live function that is exported under another name only',
      beside(`async function live_salute() {}\nexport { live_salute as salute };`),
      ['jobs.ts:1'],
    ],
    [
      'one that is only exported as a type',
      beside(`class Live_Fire {}\nexport type { Live_Fire };\nnew Live_Fire();`),
      ['jobs.ts:1'],
    ],
    [
      'an affinity that names no parameter',
      beside(`/** @affinity rom */\nexport async function live_enter(room: string) { return room; }`),
      ['jobs.ts:2'],
    ],
    [
      'an affinity that says nothing',
      beside(`/** @affinity */\nexport async function live_enter(room: string) { return room; }`),
      ['jobs.ts:2'],
    ],
    [
      'an affinity that names no field of a parameter',
      beside(
        `/** @affinity order.rom */\nexport const live_serve = async (order: { room: string } | undefined) => order;`,
      ),
      ['jobs.ts:2'],
    ],
    [
      'an affinity with what is no key',
      beside(`/** @affinity order */\nexport const live_serve = async (order: { room: string }) => order;`),
      ['jobs.ts:2'],
    ],
    [
      'an affinity with any number of arguments',
      beside(
        `/** @affinity rooms */\nexport async function live_enter(...rooms: string[]) { return rooms; }`,
      ),
      ['jobs.ts:2'],
    ],
    [
      'an affinity of a live type',
      beside(`/** @affinity shots */\nexport class Live_Fire { shots = 1; }`),
      ['jobs.ts:2'],
    ],
    [
      'an affinity of an export and of a function that names no parameter',
      `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({\n  exports: {\n    /** @affinity rom */\n    enter: (room: string) => room,\n  },\n  functions: {\n    /** @affinity rom */\n    leave(room: string) { return room; },\n  },\n});`,
      ['index.ts:5', 'index.ts:9'],
    ],
    [
      'two live functions of one name',
      {
        'index.ts': root,
        'a.ts': `export async function live_salute() {}`,
        'b.ts': `export async function live_salute() {}`,
      },
      ['b.ts:1'],
    ],
    [
      'a live function and a live type of one name',
      {
        'index.ts': root,
        'a.ts': `export class Live_Fire {}`,
        'b.ts': `\nexport async function Live_Fire() {}`,
      },
      ['b.ts:2'],
    ],
    [
      'three live functions of one name',
      {
        'index.ts': root,
        'a.ts': `export async function live_salute() {}`,
        'b.ts': `export const live_salute = async () => {};`,
        'c.ts': `async function salute() {}\nexport { salute as live_salute };`,
      },
      ['b.ts:1', 'c.ts:1'],
    ],
    [
      'a live type that needs arguments',
      beside(`export class Live_Fire { constructor(readonly shots: number) {} }`),
      ['jobs.ts:1'],
    ],
    [
      'a live type that inherits a constructor that needs arguments',
      beside(`class Shot { constructor(readonly at: string) {} }\nexport class Live_Fire extends Shot {}`),
      ['jobs.ts:2'],
    ],
    [
      'a live type that takes an argument after an optional one in an overload',
      beside(
        `export class Live_Fire {\n  constructor(at: string);\n  constructor(at: string, shots: number);\n  constructor(readonly at: string, readonly shots = 1) {}\n}`,
      ),
      ['jobs.ts:1'],
    ],
    [
      'a live type in a variable that needs arguments',
      beside(`export const Live_Fire = class { constructor(readonly shots: number) {} };`),
      ['jobs.ts:1'],
    ],
    [
      'a live type that takes a tuple',
      beside(
        `export class Live_Fire { constructor(...shots: [first: number, second?: number]) { void shots; } }`,
      ),
      ['jobs.ts:1'],
    ],
    [
      'a live name for a function of another file',
      beside(`export async function salute() {}`, {
        'names.ts': `export { salute as live_salute } from './jobs.js';`,
      }),
      ['names.ts:1'],
    ],
    [
      'a live name for the class of a package',
      beside(`export { EventEmitter as Live_Emitter } from 'node:events';`),
      ['jobs.ts:1'],
    ],
    [
      'an abstract live type',
      beside(`export abstract class Live_Fire { abstract handle(): void; }`),
      ['jobs.ts:1'],
    ],
    [
      'a live function that is a generator',
      beside(`export function* live_count() { yield 1; }`),
      ['jobs.ts:1'],
    ],
    [
      'a generator held by a variable',
      beside(`export const live_count = function* () { yield 1; };`),
      ['jobs.ts:1'],
    ],
  ])('%s', (_title, sources, expected) => {
    expect(findings(sources)).toEqual(expected);
  });

  it('live names by the prefix that is set, and only those', () => {
    const sources = beside(
      `async function hot_salute() {}\nasync function live_salute() {}\nvoid [hot_salute, live_salute];`,
    );
    expect(findings(sources, { livePrefix: 'hot_' })).toEqual(['jobs.ts:1']);
  });

  it('with the place of the other one of two live names', () => {
    const [finding] = checkRule(pluginShape, {
      'index.ts': root,
      'jobs/a.ts': `\nexport async function live_salute() {}`,
      'jobs/b.ts': `export async function live_salute() {}`,
    });
    expect(finding).toMatchObject({
      at: 'jobs/b.ts:1',
      code: 'live_salute',
      problem: 'Live function live_salute is also declared at jobs/a.ts:2.',
    });
  });
});

describe('plugin-shape accepts', () => {
  it.each<[string, Sources]>([
    [
      'an affinity with what can be a key',
      beside(`
        type Key = string & { readonly brand: 'key' };
        interface Order { customer?: { key: Key | undefined } | null; notes: Record<string, bigint>; more: any }
        /** @affinity room the place */
        export async function live_enter(who: string, room?: 'hall' | 'yard') { return who + room; }
        /** @affinity order.customer.key */
        export const live_order = async (order?: Order) => order;
        /** @affinity order.notes.urgent */
        export const live_note = async (order: Order) => order;
        /** @affinity order.more.anything */
        export const live_add = async (order: Order) => order;
        /** @affinity seats.1 */
        export const live_sit = async (seats: [string, number]) => seats;
        /** @affinity key */
        export async function live_keep<K extends string>(key: K) { return key; }
        /** @affinity order.table */
        export async function live_serve(order: { room: string } | { table: number }) { return order; }
      `),
    ],
    ['the plainest plugin', root],
    [
      'a variable',
      `import { definePlugin } from 'liveswap/plugin';\nconst plugin = definePlugin({});\nexport default plugin;`,
    ],
    [
      'a variable that is exported as the default',
      `import { definePlugin } from 'liveswap/plugin';\nconst plugin = definePlugin({});\nexport { plugin as default };`,
    ],
    [
      'an assertion around it',
      `import { definePlugin, type PluginDefinition } from 'liveswap/plugin';\nexport default (definePlugin({}) satisfies PluginDefinition)!;`,
    ],
    [
      'a variable with the type of a plugin',
      `import { definePlugin, type PluginDefinition } from 'liveswap/plugin';\nconst plugin: PluginDefinition = definePlugin({});\nexport default plugin;`,
    ],
    [
      'another name for definePlugin',
      `import { definePlugin as define } from 'liveswap/plugin';\nexport default define({});`,
    ],
    [
      'a variable for definePlugin',
      `import { definePlugin } from 'liveswap/plugin';\nconst define = definePlugin;\nexport default define({});`,
    ],
    [
      'definePlugin of the namespace',
      `import * as liveswap from 'liveswap/plugin';\nexport default liveswap.definePlugin({});`,
    ],
    [
      'definePlugin re-exported by a file of the plugin',
      {
        'index.ts': `import { definePlugin } from './liveswap.js';\nexport default definePlugin({});`,
        'liveswap.ts': `export { definePlugin } from 'liveswap/plugin';`,
      },
    ],
    [
      'a plugin that another file defines',
      {
        'index.ts': `export { default } from './plugin.js';`,
        'plugin.ts': root,
      },
    ],
    [
      'a named plugin of another file',
      {
        'index.ts': `export { guardian as default } from './plugin.js';`,
        'plugin.ts': `import { definePlugin } from 'liveswap/plugin';\nexport const guardian = definePlugin({});`,
      },
    ],
    [
      'a plugin that a function makes',
      {
        'index.ts': `import { makePlugin } from './plugin.js';\nexport default makePlugin('guardian');`,
        'plugin.ts': `import { definePlugin } from 'liveswap/plugin';\nexport const makePlugin = (name: string) => definePlugin({ exports: { name: () => name } });`,
      },
    ],
    [
      'one of two plugins',
      `import { definePlugin } from 'liveswap/plugin';\nexport default process.env['HALL'] ? definePlugin({ exports: { a: () => 1 } }) : definePlugin({ functions: { b: () => 2 } });`,
    ],
    [
      'a plugin that is frozen',
      `import { definePlugin } from 'liveswap/plugin';\nexport default Object.freeze(definePlugin({}));`,
    ],
    [
      'a plugin awaited from its factory',
      `import { definePlugin } from 'liveswap/plugin';\nconst make = async () => definePlugin({});\nexport default await make();`,
    ],
    [
      'live symbols of every kind',
      beside(`export async function live_salute() {}
export async function* live_count() { yield 1; }
export const live_polish = (times: number) => times;
export class Live_Fire { shots = 1; handle() {} }
export const Live_Storm = class { wind = 1; };`),
    ],
    [
      'live symbols exported at the end',
      beside(`async function live_salute() {}\nclass Live_Fire {}\nexport { live_salute, Live_Fire };`),
    ],
    ['a live function that is the default export', beside(`export default async function live_salute() {}`)],
    [
      'another function exported under a live name',
      beside(`async function salute() {}\nexport { salute as live_salute };`),
    ],
    [
      'a live function that is re-exported',
      {
        'index.ts': `${root}export { live_salute } from './jobs/salute.js';\nexport * from './jobs/index.js';`,
        'jobs/index.ts': `export * from './salute.js';`,
        'jobs/salute.ts': `export async function live_salute() {}`,
      },
    ],
    [
      'live names that differ in case',
      beside(`export async function live_fire() {}\nexport class Live_Fire {}`),
    ],
    [
      'a live function with overloads',
      beside(`export function live_give(sword: string): string;
export function live_give(count: number): number;
export function live_give(what: string | number) { return what; }`),
    ],
    [
      'a live type whose constructor parameters have defaults',
      beside(`export class Live_Fire {
  constructor(readonly shots = 1, readonly at?: string, ...rest: string[]) { void rest; }
}`),
    ],
    [
      'a live type that inherits',
      beside(`abstract class Job { abstract handle(): void; }
export class Live_Fire extends Job { handle() {} }`),
    ],
    [
      'a live type with a private constructor without parameters',
      beside(
        `export class Live_Fire { private constructor() {} static at(): Live_Fire { return new Live_Fire(); } }`,
      ),
    ],
    [
      'a constant with a live name',
      beside(
        `export const LIVE_GATES = ['north', 'south'] as const;\nconst live_shots = 3;\nvoid live_shots;`,
      ),
    ],
    [
      'types with live names',
      beside(
        `export interface Live_Order { id: string }\ntype Live_Id = string;\nexport type Id = Live_Id;\nenum Live_State { Up, Down }\nexport const up = Live_State.Up;`,
      ),
    ],
    [
      'a local function with a live name',
      beside(
        `export function outer() { function live_inner() { return 1; } const live_arrow = () => 2; return live_inner() + live_arrow(); }`,
      ),
    ],
    [
      'a parameter and a method with live names',
      beside(`export class Gate { live_open(live_now: () => void) { live_now(); } }`),
    ],
    [
      'a name that only contains the prefix',
      beside(`function olive_press() {}\nclass Delivery_live_ {}\nvoid [olive_press, Delivery_live_];`),
    ],
    [
      'an imported live function that is used',
      {
        'index.ts': root,
        'a.ts': `export async function live_salute() {}`,
        'b.ts': `import { live_salute } from './a.js';\nexport const twice = async () => { await live_salute(); await live_salute(); };`,
      },
    ],
    [
      'a live declaration that is only ambient',
      beside(`declare function live_native(): void;\nexport const run = () => live_native();`),
    ],
  ])('%s', (_title, sources) => {
    expect(findings(sources)).toEqual([]);
  });

  it('a root that does not resolve liveswap, by the name it imports', () => {
    const sources = `import { definePlugin } from "liveswap/plugin";\nexport default definePlugin({ unknown: missing });`;
    expect(findings(sources, { typecheck: false })).toEqual([]);
  });
});

testRulePage(pluginShape);
