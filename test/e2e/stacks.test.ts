import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modes, openIn } from '../helpers/modes.js';
import { Workshop } from '../helpers/workshop.js';

const guardian = {
  'index.ts': `
import { definePlugin } from 'liveswap/plugin';
import { refuse } from './gate.js';

export async function live_open(name: string): Promise<never> {
  await Promise.resolve();
  return refuse(name);
}

export default definePlugin({ functions: { bar: (name: string) => refuse(name) } });
`,
  'gate.ts': `
/** Lines that a compiler leaves out: the places in the artifact are other ones. */
interface Visitor {
  readonly name: string;
}

export function refuse(name: string): never {
  const visitor: Visitor = { name };
  throw new Error(\`\${visitor.name} may not pass\`);
}
`,
};

test.each(modes)(
  'in mode %s, the stack of an error leads to the sources, also when the artifact has been deleted since',
  async (mode) => {
    const workshop = await Workshop.open({ guardian });
    const swapper = await openIn(mode, workshop.outDir);
    await swapper.load();
    await rm(join(workshop.outDir, 'guardian.plugin.mjs'));
    const error = await swapper.call('live_open', 'Ironkill').catch((thrown: Error) => thrown);
    const stack = (error as Error).stack?.replaceAll('file://', '');
    expect(stack).toMatch(/^Error: Ironkill may not pass\n/);
    expect(stack).toContain(`refuse (${workshop.source('guardian/gate.ts')}:9:9)`);
    expect(stack).toContain(`live_open (${workshop.source('guardian/index.ts')}:7:10)`);
    expectCaller(stack);
  },
);

test.each(modes)(
  'in mode %s, the stack of what invoke, invokeEach and lookup reject leads to their caller',
  async (mode) => {
    const workshop = await Workshop.open({ guardian });
    const swapper = await openIn(mode, workshop.outDir);
    await swapper.load();
    const { current } = swapper;
    const stackOf = async (failing: Promise<unknown>): Promise<string | undefined> => {
      try {
        await failing;
      } catch (error) {
        return (error as Error).stack;
      }
      return undefined;
    };
    const invoked = await stackOf(current.plugin('guardian').invoke('bar', 'Ironkill'));
    expect(invoked).toContain('gate.ts:9:9');
    expectCaller(invoked);
    const [each] = await current.invokeEach('bar', 'Ironkill');
    expectCaller(each?.status === 'rejected' ? (each.reason as Error).stack : undefined);
    expectCaller(await stackOf(current.plugin('guardian').lookup('sword')));
  },
);

test('the stack of a call that is refused at once names its caller once', async () => {
  const workshop = await Workshop.open({ guardian });
  const swapper = await openIn('threads', workshop.outDir);
  await swapper.load();
  const refused = await swapper.call('live_close').catch((thrown: Error) => thrown);
  const frames = (refused as Error).stack?.match(/\n {4}at .*stacks\.test\.ts.*/g);
  expect(frames).toHaveLength(new Set(frames).size);
  expect(frames).not.toHaveLength(0);
});

/** The caller comes after the plugin, without liveswap's own frames in between. */
function expectCaller(stack: string | undefined): void {
  expect(stack).toMatch(/\n {4}at .*stacks\.test\.ts/);
  expect(stack).not.toMatch(/[\\/]dist[\\/](workers|lib|entries)[\\/]/);
}
