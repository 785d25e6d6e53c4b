import { describe, expect, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { Workshop } from '../helpers/workshop.js';

const mill = (exclusive: boolean): string => `
  import { context, definePlugin, resource } from 'liveswap/plugin';
  const release = 1;
  const fails = false;
  const tell = (what: string): Promise<void> =>
    (context.vault.extension as { tell(text: string): Promise<void> }).tell(\`\${release} \${what}\`);
  const worker = resource(
    async () => { await tell('takes work'); return release; },
    async () => { await tell('ceases'); },
    { takesWork: true },
  );
  const prices = resource(async () => { await tell('fills its cache'); return release; }, { open: 'active' });
  const isOpen = (one: () => unknown): boolean => {
    try { one(); return true; } catch { return false; }
  };
  export const live_release = (): number => release;
  export const live_worker = (): number => worker();
  export default definePlugin({
    exclusive: ${exclusive},
    onInit: () => tell(\`inits, open: \${isOpen(worker)} \${isOpen(prices)}\`),
    async onActive() {
      await tell(\`is active, open: \${isOpen(worker)} \${isOpen(prices)}\`);
      if (fails) throw new RangeError('no grain');
    },
    onYield: () => tell(\`yields, open: \${isOpen(worker)} \${isOpen(prices)}\`),
  });
`;

async function open(
  exclusive: boolean,
  threads: number,
): Promise<{ swapper: Swapper; workshop: Workshop; take: () => string[] }> {
  const workshop = await Workshop.open({ mill: { 'index.ts': mill(exclusive) } });
  const told: string[] = [];
  const extension = { tell: (text: string) => void told.push(text) };
  const swapper = openSwapper(workshop.outDir, { threads, extension: () => extension });
  await swapper.load();
  return { swapper, workshop, take: () => told.splice(0) };
}

describe.each([true, false])(
  'in a plugin (exclusive: %s), what takes work, and a cache of what is current,',
  (exclusive) => {
    test('open with onActive, never before; what takes work closes with onYield, and is opened anew when the reload is refused', async () => {
      const { swapper, workshop, take } = await open(exclusive, 1);
      expect(take()).toEqual([
        '1 inits, open: false false',
        '1 takes work',
        '1 fills its cache',
        '1 is active, open: true true',
      ]);
      await workshop.edit('mill/index.ts', 'release = 1', 'release = 2');
      await workshop.edit('mill/index.ts', 'fails = false', 'fails = true');
      await workshop.build();
      await expect(swapper.reload()).rejects.toMatchObject({ cause: { hook: 'onActive' } });
      const refused = take();
      expect(refused.filter((text) => text.startsWith('1'))).toEqual([
        '1 yields, open: true true',
        '1 ceases',
        '1 takes work',
        '1 is active, open: true true',
      ]);
      expect(refused.filter((text) => text.startsWith('2'))).toEqual([
        '2 inits, open: false false',
        '2 takes work',
        '2 fills its cache',
        '2 is active, open: true true',
        '2 ceases',
      ]);
      // Two versions of an exclusive plugin never take work at once.
      if (exclusive) expect(refused.indexOf('1 ceases')).toBeLessThan(refused.indexOf('2 takes work'));
      expect(refused.indexOf('2 ceases')).toBeLessThan(refused.lastIndexOf('1 takes work'));
      expect(await swapper.call('live_worker')).toBe(1);
    });
  },
);

test('they open in every thread', async () => {
  const { swapper, take } = await open(false, 2);
  const told = take();
  expect(told.filter((text) => text === '1 takes work')).toHaveLength(2);
  expect(told.filter((text) => text === '1 fills its cache')).toHaveLength(2);
  await swapper.close();
  expect(take().filter((text) => text === '1 ceases')).toHaveLength(2);
});
