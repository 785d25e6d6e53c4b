import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { tower } from '../helpers/tower.js';

test('no answer of a chain of calls mixes releases while its plugins are reloaded fifty times', async () => {
  const folder = await tempFolder();
  const chain = { armory: [], guardian: ['armory'], herald: ['guardian'] };
  const releases = { armory: 0, guardian: 0, herald: 0 };
  const write = (): Promise<void> =>
    deploy(
      folder,
      ...(['armory', 'guardian', 'herald'] as const).map((name) => tower(name, releases[name], chain[name])),
    );
  await write();
  const swapper = openSwapper(folder, { standby: true });
  await swapper.load();
  const generations = [JSON.stringify(releases)];
  const over = new AbortController();
  const ask = async (): Promise<number> => {
    let answers = 0;
    while (!over.signal.aborted) {
      const oldest = generations.length - 1;
      const answer = (await swapper.call('live_herald')) as Record<string, number>;
      const { armory, guardian, herald } = answer;
      // The next generation may have answered already.
      const known = [...generations, JSON.stringify(releases)];
      expect(known.indexOf(JSON.stringify({ armory, guardian, herald }))).toBeGreaterThanOrEqual(oldest);
      answers++;
    }
    return answers;
  };
  const callers = [ask(), ask()];
  for (let reload = 1; reload <= 50; reload++) {
    // Any of them changes, or two, or all three.
    for (const [index, name] of (['armory', 'guardian', 'herald'] as const).entries())
      if ((1 + (reload % 7)) & (1 << index)) releases[name] = reload;
    await write();
    await swapper.reload();
    generations.push(JSON.stringify(releases));
  }
  over.abort();
  const answers = await Promise.all(callers);
  expect(Math.min(...answers)).toBeGreaterThan(50);
  expect(swapper.reloads).toBe(50);
});
