import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { interleave } from '../harness/interleave.js';
import type { Bench, Comparison, Measurement, Subject } from '../harness/measurement.js';
import { judgeMedian } from '../harness/target.js';
import { openNodeWatch, openTsxWatch, openWatcher, type EditedServer } from '../peers/servers/edited.js';
import { ask } from '../workload/ask.js';
import { barracks } from '../workload/plugins.js';
import { writeRestartedServer } from '../workload/restarted-server.js';
import { writePlugins } from '../workload/write-plugins.js';

const PLUGIN = 'guardian';
/** Pause between two saves in milliseconds: a restarted server has settled by then. */
const PAUSE_MS = 1_000;

export const save: Measurement = {
  name: 'save',
  about: 'from saving a source file to the first answer of the new code: 1, 20 and 100 files',
  async run(bench) {
    const comparisons: Comparison[] = [];
    for (const files of [1, 20, 100]) comparisons.push(await compare(bench, files));
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

async function compare(bench: Bench, files: number): Promise<Comparison> {
  const folder = join(bench.folder, String(files));
  const source = barracks(PLUGIN, files);
  const sources = join(folder, 'plugins');
  await writePlugins(sources, { [PLUGIN]: source });
  const js = await writeRestartedServer(join(folder, 'js'), PLUGIN, source, 'js');
  const ts = await writeRestartedServer(join(folder, 'ts'), PLUGIN, source, 'ts');
  const servers = [
    {
      server: await openWatcher(sources, join(folder, 'artifacts'), PLUGIN),
      edited: join(sources, PLUGIN, 'index.ts'),
    },
    { server: await openNodeWatch(js.entry), edited: js.edited },
    { server: await openTsxWatch(ts.entry), edited: ts.edited },
  ];
  try {
    const title = files === 1 ? 'save to live, one file' : `save to live, ${files} files`;
    const subjects = servers.map(({ server, edited }) => subjectOf(server, edited));
    const rounds = bench.effort.rounds * 2;
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
      const text = (await readFile(file, 'utf8')).replace(/EDITION-\d{8}/, edition);
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
