import { expect, test } from 'vitest';
import type { ArtifactModule } from '../../lib/plugin/artifact-module.js';
import { warmUp } from '../../lib/thread/warm-up.js';
import { until } from '../helpers/until.js';

const ports = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;

function artifactThat(live_warmUp: () => unknown, plugin: ArtifactModule['plugin'] = {}): ArtifactModule {
  return { plugin, symbols: {}, liveFunctions: { live_warmUp }, liveTypes: {}, bind: () => {} };
}

test('a warm-up imports an artifact, lets it begin, has a call answered, lets it yield, and leaves nothing behind', async () => {
  const before = ports();
  const seen: string[] = [];
  await warmUp('file:///idle-artifact.js', async ({ url }) => {
    seen.push(url);
    return artifactThat(() => seen.push('called'), {
      onActive: () => void seen.push('active'),
      onYield: () => void seen.push('yielded'),
    });
  });
  expect(seen).toEqual(['file:///idle-artifact.js', 'active', 'called', 'yielded']);
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
