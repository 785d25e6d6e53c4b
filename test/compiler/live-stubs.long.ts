import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { Project, ts } from 'ts-morph';
import { expect, onTestFinished, test } from 'vitest';
import { build, BuildSession } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, writePlugins } from '../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

const plugins = {
  guardian: {
    'index.ts': definition,
    'jobs/roll-call.ts': `
      import type { Rank } from '../rank.js';
      export interface Order { id: number; rank: Rank; parts?: Order[] }
      export async function live_order(order: Order): Promise<Order> { return order; }
      /** @idempotent */
      export function live_hail(name: string) { return \`Hail \${name}\`; }
    `,
    'rank.ts': `export type Rank = 'page' | 'knight';`,
  },
  armory: {
    'index.ts': definition,
    'watch.ts': `
      import type { KeyObject } from 'node:crypto';
      export async function* live_watch(since?: Date) { yield { since, seal: undefined as KeyObject | undefined }; }
      export { live_count as 'live_count-swords' };
      export const live_count = async (...swords: bigint[]) => new Map([[swords.length, Buffer.from('')]]);
    `,
  },
};

/** Returns the type errors in a host that uses the stubs in `folder`. */
function errorsIn(folder: string, host: string): string[] {
  const project = new Project({
    compilerOptions: {
      strict: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: ['node'],
      typeRoots: [join(process.cwd(), 'node_modules/@types')],
      noEmit: true,
    },
  });
  const stubs = project.addSourceFileAtPath(join(folder, 'live.d.ts'));
  const file = project.createSourceFile(join(folder, 'host.ts'), host);
  return [...stubs.getPreEmitDiagnostics(), ...file.getPreEmitDiagnostics()].map((diagnostic) =>
    ts.flattenDiagnosticMessageText(diagnostic.compilerObject.messageText, '\n'),
  );
}

test('live.d.ts types every live function for the host, without the sources of the plugins', async () => {
  const folder = await tempFolder();
  await build({ sources: await writePlugins(join(folder, 'plugins'), plugins), outDir: join(folder, 'out') });
  const errors = errorsIn(
    join(folder, 'out'),
    `
    import type { LiveFunctions } from './live.js';
    declare const live: LiveFunctions;
    const order = await live.live_order({ id: 1, rank: 'page', parts: [{ id: 2, rank: 'knight' }] });
    const parts: number[] | undefined = order.parts?.map((part) => part.id);
    const hail: Promise<string> = live.live_hail('Kay');
    for await (const { since } of await live.live_watch()) since?.getTime();
    const counted: Map<number, Uint8Array> = await live.live_count(1n, 2n);
    await live['live_count-swords'](3n);
    export { parts, hail, counted };
    `,
  );
  expect(errors).toEqual([]);
  await expect(readFile(join(folder, 'out', 'live.d.ts'), 'utf8')).resolves.not.toContain('plugins/');
});

test('live.d.ts gives live types as their fields: a host has none of their methods', async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  const fires = `
    import { definePlugin } from 'liveswap/plugin';
    export class Live_Fire { shots = 1; next?: Live_Fire; private lit = false; async handle() { return this.lit; } }
    export const live_light = (...fires: Live_Fire[]) => fires;
    export const live_peek = (fire: Readonly<Live_Fire>) => fire.shots;
    export default definePlugin({});`;
  await build({ sources: await writePlugins(folder, { guardian: { 'index.ts': fires } }), outDir });
  const use = (code: string): string[] =>
    errorsIn(
      outDir,
      `import type { LiveFunctions } from './live.js';
      declare const live: LiveFunctions;
      await live.live_peek({ shots: 1 });
      const fires = await live.live_light({ shots: 1 }, { shots: 2, next: { shots: 3 } });
      ${code}
      export {};`,
    );
  expect(use('fires[0]?.shots satisfies number | undefined;')).toEqual([]);
  expect(use('fires[0]?.handle();')).toContainEqual(expect.stringContaining("'handle' does not exist"));
});

test('live.d.ts refuses a wrong argument', async () => {
  const folder = await tempFolder();
  await build({ sources: await writePlugins(join(folder, 'plugins'), plugins), outDir: join(folder, 'out') });
  const errors = errorsIn(
    join(folder, 'out'),
    `import type { LiveFunctions } from './live.js';
    declare const live: LiveFunctions;
    void live.live_order({ id: 1, rank: 'squire' });`,
  );
  expect(errors).toContainEqual(expect.stringContaining(`Type '"squire"' is not assignable to type`));
});

test('live.d.ts knows the artifacts of earlier builds into the same folder', async () => {
  const folder = await tempFolder();
  const [guardian = '', armory = ''] = await writePlugins(join(folder, 'plugins'), plugins);
  await build({ sources: [guardian], outDir: join(folder, 'out') });
  await writeFiles(folder, { 'out/foreign.plugin.mjs': '' });
  await build({ sources: [armory], outDir: join(folder, 'out') });
  const stubs = await readFile(join(folder, 'out', 'live.d.ts'), 'utf8');
  expect(stubs).toContain('live_hail');
  expect(stubs).toContain('live_watch');
});

const documented = `
  /** Greets whoever comes. */
  export async function live_greet(name: string): Promise<string> { return name; }`;

test('live functions keep their documentation in live.d.ts, and editors go from there to the source', async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  const [plugin = ''] = await writePlugins(folder, {
    guardian: { 'index.ts': definition, 'jobs/greet.ts': documented },
  });
  await build({ sources: [plugin], outDir });
  const stubs = await readFile(join(outDir, 'live.d.ts'), 'utf8');
  expect(stubs).toContain('/** Greets whoever comes. */\n    live_greet: (name: string) => Promise<string>;');
  expect(placeOf('live_greet', stubs, outDir)).toEqual({
    file: join(plugin, 'jobs', 'greet.ts'),
    text: 'live_greet(name',
  });
});

test('the stub that an earlier build wrote for a plugin stays, with its map, when another plugin is built', async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  const [guardian = '', armory = ''] = await writePlugins(folder, {
    guardian: { 'index.ts': definition, 'jobs/greet.ts': documented },
    armory: { 'index.ts': definition, 'watch.ts': 'export async function live_arm(): Promise<void> {}' },
  });
  await build({ sources: [guardian], outDir });
  await build({ sources: [armory], outDir });
  const stubs = await readFile(join(outDir, 'live.d.ts'), 'utf8');
  expect(stubs).toContain('/** Greets whoever comes. */');
  expect(placeOf('live_greet', stubs, outDir).text).toBe('live_greet(name');
  expect(placeOf('live_arm', stubs, outDir).text).toBe('live_arm(): Pro');
});

test('live.d.ts follows each edit: of a type that another file infers, and of the lines above a live function', async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  const [plugin = ''] = await writePlugins(folder, {
    guardian: {
      'index.ts': definition,
      'price.ts': 'export const priceOf = (sku: string) => sku.length;\n',
      'jobs/greet.ts': `import { priceOf } from '../price.js';
export async function live_price(sku: string) { return { price: priceOf(sku) }; }${documented}`,
    },
  });
  const session = new BuildSession({ sources: [plugin], outDir });
  onTestFinished(() => session.close());
  const stubsAfter = async (path: string, edit: (text: string) => string): Promise<string> => {
    const file = join(plugin, path);
    await writeFile(file, edit(await readFile(file, 'utf8')));
    await session.rebuild([file]);
    return readFile(join(outDir, 'live.d.ts'), 'utf8');
  };
  await session.build();
  const retyped = await stubsAfter('price.ts', (text) => text.replace('sku.length', 'sku.trim()'));
  expect(retyped).toMatch(/live_price: \(sku: string\) => Promise<\{\s*price: string;\s*\}>/);
  const moved = await stubsAfter('jobs/greet.ts', (text) =>
    text.replace('\n', '\n// One line\n// and another one.\n'),
  );
  expect(placeOf('live_greet', moved, outDir).text).toBe('live_greet(name');
});

/** Returns the place in the sources to which an editor goes from a member of the stubs. */
function placeOf(name: string, stubs: string, outDir: string) {
  const [, base64 = ''] =
    /sourceMappingURL=data:application\/json;charset=utf-8;base64,(.*)$/m.exec(stubs) ?? [];
  const map = new TraceMap(Buffer.from(base64, 'base64').toString());
  const lines = stubs.split('\n');
  const line = lines.findIndex((one) => one.trim().startsWith(`${name}:`));
  const found = originalPositionFor(map, { line: line + 1, column: lines[line]!.indexOf(name) });
  const file = join(outDir, found.source ?? '');
  const source = readFileSync(file, 'utf8').split('\n')[(found.line ?? 0) - 1] ?? '';
  return { file, text: source.slice(found.column ?? 0, (found.column ?? 0) + 15) };
}
