import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { BuildSession } from '../../lib/compiler/index.js';
import { Program } from '../../lib/compiler/program.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writePlugins } from '../helpers/write-plugins.js';

const smith = (body: string): string => `
  import { definePlugin } from 'liveswap/plugin';
  export async function live_forge(): Promise<string> { ${body} }
  export default definePlugin({});
`;

afterEach(() => {
  vi.restoreAllMocks();
});

async function open() {
  const folder = await tempFolder();
  const sources = join(folder, 'plugins');
  const outDir = join(folder, 'out');
  const steps: string[] = [];
  const session = new BuildSession({
    sources: [sources],
    outDir,
    onProgress: ({ step }) => steps.push(step),
  });
  onTestFinished(() => session.close());
  const write = async (body: string) => writePlugins(sources, { smith: { 'index.ts': smith(body) } });
  await write(`return 'sword';`);
  const [report] = await session.build();
  /** Returns name, time and content of everything that was written. */
  const written = async () =>
    Promise.all(
      (await readdir(outDir)).sort().map(async (name) => {
        const file = join(outDir, name);
        return [name, (await stat(file)).mtimeMs, await readFile(file, 'utf8')];
      }),
    );
  const rebuild = () => session.rebuild([join(sources, 'smith/index.ts')]);
  return { session, steps, write, report, written, rebuild };
}

/** Counts the edits that are practised. */
const practised = () => vi.spyOn(Program.prototype, 'reparse');

test('a practice writes nothing, reports nothing and changes nothing of the next build', async () => {
  const { session, steps, report, written, rebuild } = await open();
  const edits = practised();
  const before = await written();
  const { inputs } = session;
  steps.length = 0;
  await session.practise(new AbortController().signal);
  expect(edits.mock.calls.length).toBeGreaterThan(1);
  expect(await written()).toEqual(before);
  expect(session.inputs).toEqual(inputs);
  expect(steps).toEqual([]);
  expect(await rebuild()).toEqual([{ ...report, state: 'unchanged', times: expect.anything() as unknown }]);
  expect(await written()).toEqual(before);
});

test('a session practises once', async () => {
  const { session } = await open();
  await session.practise(new AbortController().signal);
  const edits = practised();
  await session.practise(new AbortController().signal);
  expect(edits).not.toHaveBeenCalled();
});

test('a practice ends when it is told to, and the save for which it was builds what was saved', async () => {
  const { session, write, rebuild } = await open();
  const stop = new AbortController();
  const edits = practised().mockImplementation(() => stop.abort());
  const practice = session.practise(stop.signal);
  await write(`return 'axe';`);
  await practice;
  expect(edits).toHaveBeenCalledTimes(1);
  expect(await rebuild()).toMatchObject([{ state: 'built' }]);
});

test('what is on disk but was not announced yet is built by the save, after a practice as well', async () => {
  const { session, write, rebuild } = await open();
  await write(`return 5;`);
  await session.practise(new AbortController().signal);
  expect(await rebuild()).toMatchObject([
    { state: 'refused', findings: [{ rule: 'types', problem: expect.stringContaining('not assignable') }] },
  ]);
  await write(`return 'axe';`);
  expect(await rebuild()).toMatchObject([{ state: 'built' }]);
});

test('a plugin that was refused is not practised', async () => {
  const { session, write, rebuild } = await open();
  await write(`return 5;`);
  await rebuild();
  const edits = practised();
  await session.practise(new AbortController().signal);
  expect(edits).not.toHaveBeenCalled();
});
