import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { LiveClasses, LiveData } from '../../lib/live-data/live-data.js';
import type { ArtifactModule } from '../../lib/plugin/artifact-module.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writePlugins } from '../helpers/write-plugins.js';

type Guard = () => LiveData;
type Report = (data: unknown) => unknown;

const older = `
  import { definePlugin, LiveData } from 'liveswap/plugin';
  export class Live_Shot { at = new Date(0); charge = 2; }
  export class Live_Battery { rank: 'low' | 'high' = 'low'; shots: Live_Shot[] = []; owner?: string | null; }
  export default definePlugin({
    functions: {
      guard() {
        const battery = new Live_Battery();
        battery.shots.push(new Live_Shot());
        battery.owner = null;
        return LiveData.wrap(battery);
      },
    },
  });
`;

const newer = `
  import { definePlugin, LiveData } from 'liveswap/plugin';
  export class Live_Shot {
    at = new Date(0);
    powder = 'none';
    fire() { return \`\${this.powder} at \${this.at.getTime()}\`; }
    static upcast({ charge, ...fields }: Record<string, unknown>) {
      return { ...fields, powder: 'x'.repeat(Number(charge)) };
    }
  }
  export class Live_Battery {
    rank: 'low' | 'high' = 'high'; shots: Live_Shot[] = []; owner?: string | null; wet = false;
  }
  export default definePlugin({
    functions: {
      report(data: LiveData<Live_Battery>) {
        const battery = data.unwrap();
        return [battery instanceof Live_Battery, battery.rank, battery.owner, battery.wet, battery.shots[0]?.fire()];
      },
    },
  });
`;

const plain = `
  import { definePlugin } from 'liveswap/plugin';
  export default definePlugin({});
`;

/** Builds a release of a plugin and starts it as a thread does, without the thread. */
async function release(source: string): Promise<ArtifactModule & { classes: LiveClasses; text: string }> {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, { guardian: { 'index.ts': source } });
  const { plugins } = await build({ sources, outDir: join(folder, 'out') });
  const { manifest, file } = plugins[0]!.artifact;
  const artifact = (await import(pathToFileURL(file).href)) as ArtifactModule;
  const classes = new LiveClasses(artifact.liveTypes, manifest.liveTypes, manifest.types);
  artifact.bind({ plugin: 'guardian', liveClasses: classes } as Parameters<ArtifactModule['bind']>[0]);
  return { ...artifact, classes, text: await readFile(file, 'utf8') };
}

it('the next release revives live data of the one before as its own classes', async () => {
  const first = await release(older);
  const next = await release(newer);
  const guard = first.plugin.functions!['guard'] as unknown as Guard;
  const report = next.plugin.functions!['report'] as unknown as Report;

  const queued = JSON.stringify(guard());
  expect(report(LiveData.from(LiveData.parse(queued), next.classes))).toEqual([
    true,
    'low',
    null,
    false,
    'xx at 0',
  ]);
  expect(() => report(LiveData.from(LiveData.of('Live_Battery', { rank: 'top' }), next.classes))).toThrow(
    expect.objectContaining({
      code: 'LIVE_DATA_MISMATCH',
      path: 'rank',
      expected: "'high' | 'low'",
      got: "'top'",
    }),
  );
});

it('a plugin without live data does not carry what it needs', async () => {
  const without = await release(plain);
  const having = await release(older);
  const carried = /\b(?:LiveData|LiveClasses|DevalueError) = class/;
  expect(without.text).not.toMatch(carried);
  expect(having.text).toMatch(carried);
  expect(having.text.length).toBeGreaterThan(without.text.length * 1.5);
});
