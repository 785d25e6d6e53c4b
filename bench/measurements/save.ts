import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { interleave } from '../harness/interleave.js';
import type { Bench, Comparison, Measurement, Subject } from '../harness/measurement.js';
import { judgeMedian } from '../harness/target.js';
import { openNodeWatch, openTsxWatch, openWatcher, type EditedServer } from '../peers/servers/edited.js';
import { ask } from '../workload/ask.js';
import { barracks, orderedBarracks, rankedBarracks } from '../workload/plugins.js';
import { writeRestartedServer } from '../workload/restarted-server.js';
import { writePlugins, type PluginFiles } from '../workload/write-plugins.js';

const PLUGIN = 'guardian';
/** Pause between two saves in milliseconds: a restarted server has settled by then. */
const PAUSE_MS = 1_000;

/** A plugin, and the file of it that is saved. */
interface Edited {
  readonly title: string;
  readonly source: PluginFiles;
  /** Path in the plugin, without its ending. */
  readonly saved: string;
  /** True if there is a target for it. */
  readonly isJudged?: boolean;
}

const cases: readonly Edited[] = [
  ...[1, 20, 100, 400].map((files) => ({
    title: files === 1 ? 'save to live, one file' : `save to live, ${files} files`,
    source: barracks(PLUGIN, files),
    saved: 'index',
    isJudged: files === 1 || files === 100,
  })),
  {
    title: 'save to live, beside an enum of 20,000 members',
    source: rankedBarracks(PLUGIN, 20_000),
    saved: 'index',
  },
  {
    title: 'save to live, a type that 100 files import',
    source: orderedBarracks(PLUGIN, 100),
    saved: 'order',
  },
];

export const save: Measurement = {
  name: 'save',
  about:
    'from saving a source file to the first answer of the new code: 1 to 400 files, a large enum, a shared type',
  async run(bench) {
    const comparisons: Comparison[] = [];
    for (const [index, edited] of cases.entries())
      comparisons.push(await compare(bench, join(bench.folder, String(index)), edited));
    const [small, , large] = comparisons as [Comparison, Comparison, Comparison];
    return {
      comparisons,
      verdicts: [
        judgeMedian(small, 'liveswap', { atMost: 70 }),
        judgeMedian(large, 'liveswap', { atMost: 200 }),
      ],
    };
  },
};

async function compare(
  bench: Bench,
  folder: string,
  { title, source, saved, isJudged }: Edited,
): Promise<Comparison> {
  const sources = join(folder, 'plugins');
  await writePlugins(sources, { [PLUGIN]: source });
  const js = await writeRestartedServer(join(folder, 'js'), PLUGIN, source, 'js');
  const ts = await writeRestartedServer(join(folder, 'ts'), PLUGIN, source, 'ts');
  const servers = [
    {
      server: await openWatcher(sources, join(folder, 'artifacts'), PLUGIN),
      edited: join(sources, PLUGIN, `${saved}.ts`),
    },
    { server: await openNodeWatch(js), edited: join(folder, 'js', `${saved}.js`) },
    { server: await openTsxWatch(ts), edited: join(folder, 'ts', `${saved}.ts`) },
  ];
  try {
    const subjects = servers.map(({ server, edited }) => subjectOf(server, edited));
    const rounds = isJudged ? bench.effort.rounds * 2 : bench.effort.rounds;
    return await interleave(bench, subjects, { title, unit: 'ms', better: 'lower', rounds, warmUps: 3 });
  } finally {
    await Promise.all(servers.map(({ server }) => server.close()));
  }
}

function subjectOf(server: EditedServer, file: string): Subject {
  let saves = 0;
  return {
    name: server.name,
    sample: async () => {
      await answerOf(server.url, /^EDITION/);
      await setTimeout(PAUSE_MS);
      const edition = `EDITION-${String(++saves).padStart(8, '0')}`;
      const text = (await readFile(file, 'utf8')).replaceAll(/EDITION-\d{8}/g, edition);
      const began = performance.now();
      // The file is written in place, because `node --watch` does not notice every save by rename.
      await writeFile(file, text);
      await answerOf(server.url, new RegExp(edition));
      return performance.now() - began;
    },
  };
}

/** Asks until the answer is right. A server that restarts refuses connections meanwhile. */
async function answerOf(url: string, wanted: RegExp): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!wanted.test(await ask(url).catch(() => ''))) {
    if (performance.now() > deadline) throw new Error(`${url} never answered ${wanted}.`);
    await setTimeout(1);
  }
}
