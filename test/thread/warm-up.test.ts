import { expect, test } from 'vitest';
import type { ArtifactModule } from '../../lib/plugin/artifact-module.js';
import { warmUp } from '../../lib/thread/warm-up.js';
import { until } from '../helpers/until.js';

const ports = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;

function artifactThat(live_warmUp: () => unknown): ArtifactModule {
  return { plugin: {}, symbols: {}, liveFunctions: { live_warmUp }, liveTypes: {}, bind: () => {} };
}

test('a warm-up imports an artifact, has a call answered, and leaves nothing behind', async () => {
  const before = ports();
  const seen: string[] = [];
  await warmUp('file:///idle-artifact.js', async ({ url }) => {
    seen.push(url);
    return artifactThat(() => seen.push('called'));
  });
  expect(seen).toEqual(['file:///idle-artifact.js', 'called']);
  await until(() => ports() === before);
});

test('a warm-up that goes wrong says so, and leaves nothing behind', async () => {
  const before = ports();
  const broken = new RangeError('no stage');
  await expect(warmUp('file:///idle-artifact.js', () => Promise.reject(broken))).rejects.toThrow('no stage');
  const refuse = (): never => {
    throw broken;
  };
  await expect(warmUp('file:///idle-artifact.js', async () => artifactThat(refuse))).rejects.toThrow(
    'no stage',
  );
  await until(() => ports() === before);
});
