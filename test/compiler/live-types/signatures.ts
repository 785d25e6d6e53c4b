/** A live function as its author writes it, and a host that uses it by the types of `live.d.ts`. */
export interface Signature {
  readonly title: string;
  /** Statements of a module of the plugin. */
  readonly plugin: string;
  /** Statements of the host, which has `swapper` and `live`, its live functions as methods. */
  readonly host: string;
}

export const signatures: readonly Signature[] = [
  {
    title: 'plain values',
    plugin: `export async function live_plain(name: string, times: number): Promise<string> { return name.repeat(times); }`,
    host: `const plain: string = await swapper.call('live_plain', 'Thor', 2);`,
  },
  {
    title: 'a parameter with a default',
    plugin: `export async function live_preset(name: string, times = 1) { return name.repeat(times); }`,
    host: `const preset: string = (await swapper.call('live_preset', 'Thor')) + (await live.live_preset('Thor', 2));`,
  },
  {
    title: 'a result that is no promise',
    plugin: `export function live_sync(times: number) { return times + 1; }`,
    host: `const sync: Promise<number> = swapper.call('live_sync', 2);`,
  },
  {
    title: 'a generic result that is no promise',
    plugin: `export function live_echo<T extends string>(value: T) { return value; }`,
    host: `const echo: 'Thor' = await swapper.call('live_echo', 'Thor');`,
  },
  {
    title: 'a conditional result',
    plugin: `type Answer<K> = K extends 'count' ? number : string;
      export async function live_conditional<K extends 'count' | 'name'>(kind: K): Promise<Answer<K>> { return kind as never; }`,
    host: `const conditional: number = await swapper.call('live_conditional', 'count');
      const other: string = await live.live_conditional('name');`,
  },
  {
    title: 'a conditional type with infer',
    plugin: `export async function live_infer<T>(of: T): Promise<T extends readonly (infer E)[] ? E : never> { return of as never; }`,
    host: `const inferred: number = await swapper.call('live_infer', [1, 2]);`,
  },
  {
    title: 'a generic key',
    plugin: `export async function live_pick<T, K extends keyof T & string>(of: T, key: K): Promise<T[K]> { return of[key]; }`,
    host: `const picked: number = await swapper.call('live_pick', { shots: 3 }, 'shots');
      // @ts-expect-error: no such key
      void live.live_pick({ shots: 3 }, 'swords');`,
  },
  {
    title: 'a generic type that refers to itself',
    plugin: `export interface Tree<T> { value: T; children: Tree<T>[] }
      export async function live_tree<T>(tree: Tree<T>): Promise<Tree<T>> { return tree; }`,
    host: `const leaf: string | undefined = (await swapper.call('live_tree', { value: 'oak', children: [] })).children[0]?.value;`,
  },
  {
    title: 'a record of generics',
    plugin: `export async function live_group<K extends string, V>(key: K, rows: V[]): Promise<Record<K, V[]>> { return { [key]: rows } as Record<K, V[]>; }`,
    host: `const grouped: number[] = (await swapper.call('live_group', 'red', [1])).red;`,
  },
  {
    title: 'a const type parameter',
    plugin: `export async function live_const<const T extends readonly string[]>(names: T): Promise<T> { return names; }`,
    host: `const constant: readonly ['Thor', 'Odin'] = await swapper.call('live_const', ['Thor', 'Odin']);`,
  },
  {
    title: 'a type parameter with a default',
    plugin: `export async function live_default<T = string>(value?: T): Promise<T | undefined> { return value; }`,
    host: `const standard: string | undefined = await swapper.call('live_default');`,
  },
  {
    title: 'a mapped type',
    plugin: `interface Stock { swords: number; motto: string }
      export async function live_mapped(stock: { readonly [K in keyof Stock]?: Stock[K] }): Promise<{ [K in keyof Stock as \`has_\${K}\`]: boolean }> { return { has_swords: !!stock.swords, has_motto: true }; }`,
    host: `const mapped: boolean = (await swapper.call('live_mapped', { swords: 3 })).has_swords;`,
  },
  {
    title: 'a homomorphic mapped generic',
    plugin: `export async function live_nullable<T extends object>(of: T): Promise<{ [K in keyof T]: T[K] | null }> { return of; }`,
    host: `const nullable: number | null = (await swapper.call('live_nullable', { shots: 3 })).shots;`,
  },
  {
    title: 'a Buffer, which crosses as a Uint8Array',
    plugin: `export async function live_bytes(bytes: Buffer): Promise<Buffer> { return bytes; }`,
    host: `const bytes: Uint8Array = await swapper.call('live_bytes', new Uint8Array(2));
      // @ts-expect-error: that is a method of Buffer
      void (await live.live_bytes(bytes)).readUInt8(0);`,
  },
  {
    title: 'a Buffer that is inferred',
    plugin: `export const live_dump = async (text: string) => ({ text, raw: Buffer.from(text) });`,
    host: `const raw: Uint8Array = (await swapper.call('live_dump', 'Thor')).raw;`,
  },
  {
    title: 'streams, signals and blobs',
    plugin: `export async function live_stream(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Blob> { signal.throwIfAborted(); void body; return new Blob([]); }`,
    host: `const body = new ReadableStream<Uint8Array>();
      const blob: Blob = await swapper.call('live_stream', body, AbortSignal.timeout(1));`,
  },
  {
    title: 'requests and responses',
    plugin: `export async function live_fetch(request: Request, headers?: Headers): Promise<Response> { return new Response(request.body, { headers: headers ?? new Headers() }); }`,
    host: `const status: number = (await swapper.call('live_fetch', new Request('http://localhost'))).status;`,
  },
  {
    title: 'live data of a named type',
    plugin: `import type { LiveData } from 'liveswap/plugin';
      export interface Job { id: number }
      export async function live_guard(data: LiveData<Job>): Promise<LiveData<Job>> { return data; }`,
    host: `const guarded: number = (await swapper.call('live_guard', LiveData.wrap({ id: 1 }))).unwrap().id;`,
  },
  {
    title: 'a branded type',
    plugin: `declare const brand: unique symbol;
      export type Id = string & { readonly [brand]: 'Id' };
      export async function live_issue(): Promise<Id> { return 'x' as Id; }
      export async function live_redeem(id: Id): Promise<void> { void id; }`,
    host: `await swapper.call('live_redeem', await swapper.call('live_issue'));
      // @ts-expect-error: it is no Id
      void live.live_redeem('Thor');`,
  },
  {
    title: 'a brand of a package',
    plugin: `import { z } from 'zod';
      const sku = z.string().brand<'Sku'>();
      export const orderSchema = z.object({ sku, amount: z.number() });
      export async function live_parse(order: unknown) { return orderSchema.parse(order); }
      export async function live_sell(order: z.infer<typeof orderSchema>): Promise<z.infer<typeof sku>> { return order.sku; }`,
    host: `const sold: string = await swapper.call('live_sell', await swapper.call('live_parse', {}));`,
  },
  {
    title: 'overloads',
    plugin: `export async function live_over(name: string): Promise<string>;
      export async function live_over(times: number): Promise<number>;
      export async function live_over(value: string | number): Promise<string | number> { return value; }`,
    host: `const over: [string, number] = [await swapper.call('live_over', 'Thor'), await live.live_over(3)];
      // @ts-expect-error: neither
      void swapper.call('live_over', true);`,
  },
  {
    title: 'tuples and rest parameters',
    plugin: `export async function live_tuple(at: [x: number, y?: number], ...rest: [boolean, ...string[]]): Promise<readonly [number, string]> { return [at[0], String(rest)]; }`,
    host: `const first: number = (await swapper.call('live_tuple', [1], true, 'Thor', 'Odin'))[0];`,
  },
  {
    title: 'a parameter that is taken apart',
    plugin: `export const live_apart = async ({ name, times = 1 }: { name: string; times?: number }) => name.repeat(times);`,
    host: `const apart: string = await swapper.call('live_apart', { name: 'Thor' });`,
  },
  {
    title: 'a type of another file',
    plugin: `import type { Rank } from './rank.js';
      export async function live_promote(rank: Rank): Promise<Rank> { return rank; }`,
    host: `const rank: 'page' | 'knight' = await swapper.call('live_promote', 'page');
      // @ts-expect-error: no such rank
      void swapper.call('live_promote', 'squire');`,
  },
  {
    title: 'a type of the same name from outside of the plugin',
    plugin: `import type { Rank as Grade } from '../../shared/rank.js';
      export async function live_grade(grade: Grade): Promise<Grade['grade']> { return grade.grade; }`,
    host: `const grade: number = await swapper.call('live_grade', { grade: 1 });`,
  },
  {
    title: 'a type of a module that is imported as a whole',
    plugin: `import type * as ranks from './rank.js';
      export async function live_whole(rank: ranks.Rank): Promise<ranks.Rank[]> { return [rank]; }`,
    host: `const ranks: ('page' | 'knight')[] = await swapper.call('live_whole', 'knight');`,
  },
  {
    title: 'a re-exported type',
    plugin: `import type { Title, Everything } from './all.js';
      export async function live_title(title: Title): Promise<Everything> { return { title }; }`,
    host: `const title: string = (await swapper.call('live_title', 'Sir')).title;`,
  },
  {
    title: 'enumerations',
    plugin: `export enum Mode { Fast = 'fast', Slow = 'slow' }
      export enum Level { Low = 1, High }
      export async function live_mode(mode: Mode, level: Level): Promise<Mode.Fast | Level.High> { return mode === Mode.Fast ? mode : (level as Level.High); }`,
    host: `const mode: 'fast' | 2 = await swapper.call('live_mode', 'slow', 2);`,
  },
  {
    title: 'typeof a constant',
    plugin: `const prices = { sword: 7, shield: 9 } as const;
      export async function live_price<Name extends keyof typeof prices>(name: Name): Promise<(typeof prices)[Name]> { return prices[name]; }`,
    host: `const price: 7 = await swapper.call('live_price', 'sword');`,
  },
  {
    title: 'template literals',
    plugin: `export async function live_template<Name extends string>(key: \`user:\${Name}\`): Promise<Uppercase<Name>> { return key.slice(5).toUpperCase() as Uppercase<Name>; }`,
    host: `const shouted: 'THOR' = await swapper.call('live_template', 'user:thor');`,
  },
  {
    title: 'an async generator',
    plugin: `export async function* live_watch(since?: Date) { yield { since, count: 1n }; }`,
    host: `for await (const { count } of await swapper.call('live_watch')) count satisfies bigint;`,
  },
  {
    title: 'a call-back',
    plugin: `export async function live_each(tell: (count: number) => void | Promise<void>): Promise<void> { await tell(1); }`,
    host: `await swapper.call('live_each', (count) => void count.toFixed());`,
  },
  {
    title: 'maps, sets, dates, URLs and typed arrays',
    plugin: `export async function live_kinds(map: Map<string, Set<Date>>, url: URL): Promise<[Float64Array, RegExp, bigint]> { return [new Float64Array(map.size), /x/, BigInt(url.port)]; }`,
    host: `const kinds: [Float64Array, RegExp, bigint] = await swapper.call('live_kinds', new Map(), new URL('http://localhost'));`,
  },
  {
    title: 'errors',
    plugin: `export class Refused extends Error { readonly code = 'REFUSED'; constructor(readonly reason: string) { super(reason); } }
      export async function live_error(): Promise<Refused | undefined> { return undefined; }`,
    host: `const code: 'REFUSED' | undefined = (await swapper.call('live_error'))?.code;`,
  },
  {
    title: 'a discriminated union that refers to itself',
    plugin: `export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
      export async function live_json(json: Json): Promise<{ ok: true; json: Json } | { ok: false; why: string }> { return { ok: true, json }; }`,
    host: `const answer = await swapper.call('live_json', { a: [1, null] });
      const said: string = answer.ok ? JSON.stringify(answer.json) : answer.why;`,
  },
  {
    title: 'a function whose type has a name',
    plugin: `type Handler<Name> = (name: Name, at?: Date) => Promise<{ handled: Name }>;
      export const live_handler: Handler<'open'> = async (handled) => ({ handled });`,
    host: `const handled: 'open' = (await swapper.call('live_handler', 'open')).handled;`,
  },
  {
    title: 'a synchronous function whose type has a name',
    plugin: `type Counter = (names: readonly string[]) => number;
      export const live_count: Counter = (names) => names.length;`,
    host: `const count: Promise<number> = swapper.call('live_count', ['Thor']);`,
  },
  {
    title: 'a function that another one makes',
    plugin: `const logged = <A extends unknown[], R>(run: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => run(...args);
      export const live_logged = logged(async (name: string) => ({ name }));`,
    host: `const logged: string = (await swapper.call('live_logged', 'Thor')).name;`,
  },
  {
    title: 'a name that is no identifier',
    plugin: `async function ring(times: number): Promise<number> { return times; }
      export { ring as 'live_ring-bell' };`,
    host: `const rung: number = (await swapper.call('live_ring-bell', 3)) + (await live['live_ring-bell'](3));`,
  },
  {
    title: 'a type that is called as a global one',
    plugin: `import type { Blob as Drop } from './drop.js';
      export async function live_drop(drop: Drop, blob: Blob): Promise<Drop> { void blob; return drop; }`,
    host: `const litres: number = (await swapper.call('live_drop', { litres: 1 }, new Blob([]))).litres;`,
  },
  {
    title: 'a type of Node',
    plugin: `import type { KeyObject } from 'node:crypto';
      export async function live_seal(key: KeyObject): Promise<KeyObject | undefined> { return key; }`,
    host: `const kind: string | undefined = (await swapper.call('live_seal', undefined as never))?.type;`,
  },
  {
    title: 'a live type',
    plugin: `export class Live_Notice { declare customer: string; tries = 0; private sent = false; next?: Live_Notice; handle() { return { customer: this.customer, sent: this.sent }; } }
      export async function live_notice(notice: Readonly<Live_Notice>): Promise<Live_Notice[]> { return [{ ...notice } as Live_Notice]; }`,
    host: `const job = LiveData.of('Live_Notice', { customer: 'Thor' });
      const sentTo: string = (await swapper.run(job)).customer;
      const tries: number | undefined = (await swapper.call('live_notice', { customer: 'Thor', tries: 1 }))[0]?.tries;
      // @ts-expect-error: misspelt
      LiveData.of('Live_Notice', { custmer: 'Thor' });
      // @ts-expect-error: without a customer
      LiveData.of('Live_Notice', { tries: 1 });
      // @ts-expect-error: no such type
      LiveData.of('Live_Notise', { customer: 'Thor' });`,
  },
  {
    title: 'a parameter of a live type',
    plugin: `export class Live_Duel { declare by: string; rounds = 3; handle() {} }
      export async function live_duel(duel: Live_Duel, others?: readonly Live_Duel[]): Promise<Live_Duel> { return others?.[0] ?? duel; }`,
    host: `const rounds: number = (await swapper.call('live_duel', { by: 'Thor' }, [{ by: 'Odin', rounds: 1 }])).rounds;
      void live.live_duel({ by: 'Thor' });
      // @ts-expect-error: by whom?
      void swapper.call('live_duel', { rounds: 1 });
      // @ts-expect-error: misspelt
      void swapper.call('live_duel', { by: 'Thor', round: 1 });`,
  },
];

/** Other files of the plugin, by their paths beside the plugins' folder. */
export const otherFiles = {
  'plugins/guardian/rank.ts': `export type Rank = 'page' | 'knight';`,
  'shared/rank.ts': `export interface Rank { grade: number }`,
  'plugins/guardian/drop.ts': `export interface Blob { litres: number }`,
  'plugins/guardian/all.ts': `export type { Title } from './titles.js';\nexport * from './everything.js';`,
  'plugins/guardian/titles.ts': `export type Title = 'Sir' | 'Dame';`,
  'plugins/guardian/everything.ts': `import type { Title } from './titles.js';\nexport interface Everything { title: Title }`,
} as const;
