import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

/** A plugin that counts the visits of a session, and the hits of a client. */
const gate = (edition: number): string => `import { definePlugin } from 'liveswap/plugin';
import { ExpressRateLimitStore, fastifySessionStore, type StoredSession } from 'liveswap/stores';
interface Visits extends StoredSession { readonly visits: number }
const sessions = fastifySessionStore();
const hits = new ExpressRateLimitStore();
const load = (id: string) =>
  new Promise<Visits | null>((resolve, reject) => {
    sessions.get<Visits | null>(id, (error, found = null) => (error ? reject(error) : resolve(found)));
  });
export default definePlugin({});
export async function live_visit(id: string): Promise<{ edition: number; visits: number; hits: number }> {
  const visits = ((await load(id))?.visits ?? 0) + 1;
  const visited: Visits = { visits };
  await new Promise<void>((resolve, reject) => {
    sessions.set(id, visited, (error) => (error ? reject(error) : resolve()));
  });
  const { totalHits } = await hits.increment(id);
  return { edition: ${edition}, visits, hits: totalHits };
}
`;

test('a plugin imports stores, as the page of them says, and its sessions and counters survive a reload', async () => {
  const folder = await tempFolder();
  const plugins = join(folder, 'plugins');
  const out = join(folder, 'dist');
  const release = async (edition: number): Promise<void> => {
    await writeFiles(plugins, { 'gate/index.ts': gate(edition) });
    await build({ sources: [plugins], outDir: out });
  };
  await release(1);
  const swapper = openSwapper(out);
  await swapper.load();
  expect(await swapper.call('live_visit', 'arya')).toEqual({ edition: 1, visits: 1, hits: 1 });
  await release(2);
  expect(await swapper.reload()).toEqual({ gate: 'ok' });
  expect(await swapper.call('live_visit', 'arya')).toEqual({ edition: 2, visits: 2, hits: 2 });
});
