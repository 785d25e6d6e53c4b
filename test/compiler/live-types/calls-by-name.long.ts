import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BuildSession, type PluginReport } from '../../../lib/compiler/index.js';
import { tempFolder } from '../../helpers/temp-folder.js';
import { writeFiles } from '../../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

const files = {
  'tsconfig.json': `{ "compilerOptions": { "strict": true, "noUncheckedIndexedAccess": true, "target": "es2023", "module": "esnext", "moduleResolution": "bundler" }, "include": ["plugins", "dist"] }`,
  'plugins/armory/index.ts': definition,
  'plugins/armory/arm.ts': `export async function live_arm(name: string): Promise<number> { return name.length; }
    export class Live_Fire { declare by: string; shots = 1; handle() {} }`,
  'plugins/guardian/index.ts': definition,
};

/** Opens a session over these files and those of a guardian. */
async function open(guardian: Readonly<Record<string, string>>) {
  const folder = await tempFolder();
  const own = Object.fromEntries(
    Object.entries(guardian).map(([path, text]) => [`plugins/guardian/${path}`, text]),
  );
  await writeFiles(folder, { ...files, ...own });
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir: join(folder, 'dist') });
  onTestFinished(() => session.close());
  return { folder, session };
}

/** Returns the line and the text of each finding. */
function problemsIn(reports: readonly PluginReport[]): string[] {
  return reports
    .flatMap((report) => (report.state === 'refused' ? report.findings : []))
    .map(({ line, problem }) => `${line}: ${problem}`);
}

test('a plugin passes the fields of a live type to a function that takes one', async () => {
  const { session } = await open({
    'duel.ts': `import { context } from 'liveswap/plugin';
export class Live_Duel { by = 'Loki'; rounds = 3; handle() {} }
export async function live_duel(name: string, duel: Live_Duel, others?: Live_Duel[]): Promise<number> { return duel.rounds + name.length + (others ?? []).length; }
export async function call(duel: Live_Duel): Promise<number> {
  const one: number = await context.vault.call('live_duel', 'Thor', { rounds: 2 }, [{ by: 'Odin' }, {}]);
  return one + await context.vault.live.live_duel('Odin', duel);
}
export async function live_misuse(): Promise<void> {
  await context.vault.call('live_duel', 'Thor', { rounds: 'many' });
  await context.vault.live.live_duel({ rounds: 2 });
}`,
  });
  expect(problemsIn(await session.build())).toEqual([
    expect.stringContaining(`9: Type 'string' is not assignable to type 'number'.`),
    expect.stringContaining('10: Expected 2-3 arguments, but got 1.'),
  ]);
});

test('a type that only has the name of a live type is passed as a whole', async () => {
  const wire = (misuse: string): Readonly<Record<string, string>> => ({
    'duel.ts': `export class Live_Duel { by = 'Loki'; handle() {} }`,
    'wire.ts': `import { context } from 'liveswap/plugin';
interface Live_Duel { rounds: number }
export async function live_wire(duel: Live_Duel): Promise<number> { return duel.rounds; }
export async function call(): Promise<void> {
  await context.vault.call('live_wire', { rounds: 2 });${misuse}
}`,
  });
  const wrong = await open(wire(`\n  await context.vault.call('live_wire', {});`));
  expect(problemsIn(await wrong.session.build())).toEqual([
    expect.stringContaining(`6: Argument of type '{}' is not assignable to parameter of type 'Live_Duel'.`),
  ]);
  const right = await open(wire(''));
  expect(problemsIn(await right.session.build())).toEqual([]);
  const stubs = await readFile(join(right.folder, 'dist/live.d.ts'), 'utf8');
  expect(stubs).toContain('live_wire: (duel: Live_Duel2) => Promise<number>');
});

test('a plugin calls live functions by name with the types of the sources, from the first build on', async () => {
  const { session } = await open({
    'call.ts': `import { context, LiveData } from 'liveswap/plugin';
export async function call() {
  const { vault } = context;
  const armed: number = await vault.call('live_arm', 'Thor') + await vault.live.live_arm('Odin');
  await vault.run(LiveData.of('Live_Fire', { by: 'Thor' }));
  const elsewhere = await vault.live.live_of_another_build(1);
  return [armed, elsewhere, vault.call('live_of_another_build', 1, 2)];
}
export async function live_misuse() {
  await context.vault.call('live_arm', 7);
  await context.vault.live.live_arm();
  LiveData.of('Live_Fire', { shotz: 1 });
}`,
  });
  expect(problemsIn(await session.build())).toEqual([
    expect.stringContaining(`10: Argument of type 'number' is not assignable to parameter of type 'string'.`),
    expect.stringContaining('11: Expected 1 arguments, but got 0.'),
    expect.stringContaining(
      `12: Object literal may only specify known properties, but 'shotz' does not exist`,
    ),
  ]);
});

test('live functions that call each other by name need no result types', async () => {
  const { session } = await open({
    'turns.ts': `import { context } from 'liveswap/plugin';
export async function live_ping(left: number) { return left === 0 ? 'done' : context.vault.call('live_pong', left - 1); }
export const live_pong = async (left: number) => context.vault.live.live_ping(left);
const logged = <A extends unknown[], R>(run: (...args: A) => Promise<R>) => run;
export const live_again = logged(async (left: number) => context.vault.call('live_again', left));`,
  });
  expect(problemsIn(await session.build())).toEqual([]);
});

test('an edit of a live function is a finding where it is called by name, whatever live.d.ts still says', async () => {
  const { folder, session } = await open({
    'call.ts': `import { context } from 'liveswap/plugin';
export const call = async (): Promise<number> => context.vault.call('live_arm', 'Thor');`,
  });
  expect(problemsIn(await session.build())).toEqual([]);
  const arm = join(folder, 'plugins/armory/arm.ts');
  const call = join(folder, 'plugins/guardian/call.ts');
  await writeFile(arm, (await readFile(arm, 'utf8')).replace('(name: string)', '(name: string[])'));
  expect(problemsIn(await session.rebuild([arm]))).toEqual([
    expect.stringContaining(
      `2: Argument of type 'string' is not assignable to parameter of type 'string[]'.`,
    ),
  ]);
  await writeFile(call, (await readFile(call, 'utf8')).replace(`'Thor'`, `['Thor']`));
  expect(problemsIn(await session.rebuild([call]))).toEqual([]);
});
