import { expect, test } from 'vitest';
import type { ArtifactFacts } from '../../lib/manifest/runnable-artifact.js';
import type { KeptBy } from '../../lib/observe/stats.js';
import { DrainingBound } from '../../lib/swap/draining-bound.js';
import type { Version } from '../../lib/version/version.js';

const current = { plugin: 'billing', id: 'newest' } as Version;
const started = [{ manifest: { name: 'billing' } }] as unknown as ArtifactFacts[];
const call: KeptBy = { kind: 'call', name: 'live_hold', ageMs: 5 };

/** A version that retires as soon as somebody waits for its retirement. */
class Leaving {
  readonly plugin = 'billing';
  readonly id = 'leaving';
  state = { kind: 'draining' };

  get retired(): Promise<void> {
    return Promise.resolve().then(() => {
      this.state = { kind: 'retired' };
    });
  }
}

function boundOf(version: object, keptBy: readonly KeptBy[]): DrainingBound {
  return new DrainingBound({
    limit: { versions: 1, then: 'refuse' },
    current: () => [current],
    draining: [version as Version],
    keptBy: () => keptBy,
    cut: () => {},
  });
}

test('a version that nothing keeps any more is waited for', async () => {
  const version = new Leaving();
  await boundOf(version, []).check(started);
  expect(version.state.kind).toBe('retired');
});

test('a version that a call keeps is not waited for: the next one is refused', async () => {
  const version = new Leaving();
  await expect(boundOf(version, [call]).check(started)).rejects.toMatchObject({
    code: 'VERSIONS_FULL',
    plugin: 'billing',
    keptBy: [call],
  });
  expect(version.state.kind).toBe('draining');
});

test('many versions that drain are walked through a few times, not once for each plugin', async () => {
  let looks = 0;
  const squads = Array.from({ length: 200 }, (_, at) => `squad${at}`);
  const draining = squads.map((plugin) => ({
    id: 'leaving',
    state: { kind: 'draining' },
    get plugin() {
      looks++;
      return plugin;
    },
  })) as unknown as Version[];
  const bound = (then: 'refuse' | 'cut'): DrainingBound =>
    new DrainingBound({
      limit: { versions: 8, then },
      current: () => squads.map((plugin) => ({ plugin }) as Version),
      draining,
      keptBy: () => [],
      cut: () => {},
    });
  await bound('refuse').check(squads.map((name) => ({ manifest: { name } }) as unknown as ArtifactFacts));
  bound('cut').cut();
  expect(looks).toBeLessThanOrEqual(4 * 200);
});
