import { expect, test } from 'vitest';
import type { Version } from '../../lib/version/version.js';
import type { Generation } from '../../lib/swap/generation.js';
import { Generations } from '../../lib/swap/generations.js';
import { candidate } from '../helpers/manifests.js';

/** Makes versions that never retire, and counts how often a comparison looks at the live types of one. */
function workshop() {
  const count = { looks: 0 };
  const versionOf = (name: string, release: number, live: readonly string[]): Version => {
    const { manifest, hash } = candidate({
      name,
      release,
      live: Object.fromEntries(live.map((one) => [one, `${one}.ts`])),
    });
    const counted = {
      ...manifest,
      uses: [{ name: 'live_open', file: 'use.ts', line: 1 }],
      get liveTypes() {
        count.looks += 1;
        return manifest.liveTypes;
      },
    };
    return {
      artifact: { manifest: counted, hash },
      dependents: [],
      retired: new Promise(() => {}),
      balancer: { waiting: [], connections: [], handOver: () => {} },
      group: { whenIdle: () => new Promise(() => {}) },
      shutdown: { drain: async () => {} },
    } as unknown as Version;
  };
  return { count, versionOf };
}

function generationOf(id: number, versions: readonly Version[]): Generation {
  const ownerOf = (name: string): Version | undefined =>
    versions.find(({ artifact }) => artifact.manifest.liveFunctions.some((one) => one.name === name));
  return { id, versions, ownerOf } as unknown as Generation;
}

function assign(generations: Generations, generation: Generation): void {
  const release = { artifacts: [], data: undefined, takesData: false };
  generations.assign({ generation, release, activate: () => {} });
}

test('of a hundred plugins that were each deployed alone, a reload of one is compared with its own release', () => {
  const { count, versionOf } = workshop();
  const generations = new Generations(1, () => {});
  const versions = Array.from({ length: 100 }, (_, index) => versionOf(`tower${index}`, 0, []));
  for (let deployed = 1; deployed <= versions.length; deployed++)
    assign(generations, generationOf(deployed, versions.slice(0, deployed)));
  const next = generationOf(101, versions.with(50, versionOf('tower50', 1, [])));

  count.looks = 0;
  generations.foresee(next);
  // Its own release, and the current one: a comparison looks at each plugin a few times.
  expect(count.looks).toBeGreaterThan(0);
  expect(count.looks).toBeLessThan(10 * versions.length);
});

test.each([true, false])(
  'a version that leaves goes on with what it was checked against, compared ahead of the switch (%s)',
  (isAhead) => {
    const { count, versionOf } = workshop();
    const generations = new Generations(1, () => {});
    const [guard, herald] = [versionOf('guard', 0, ['live_open']), versionOf('herald', 0, [])];
    const first = generationOf(1, [guard, herald]);
    assign(generations, first);
    const next = generationOf(2, [versionOf('guard', 1, []), versionOf('herald', 1, [])]);

    if (isAhead) generations.foresee(next);
    count.looks = 0;
    assign(generations, next);
    expect(count.looks > 0).toBe(!isAhead);
    expect(generations.tableFor(herald, 'live_open')).toBe(first);
    expect(generations.tableFor(herald, 'live_shut')).toBeUndefined();
  },
);
