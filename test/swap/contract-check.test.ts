import { expect, test } from 'vitest';
import type { Manifest } from '../../lib/manifest/manifest.js';
import type { FieldShape } from '../../lib/manifest/shape.js';
import { Baselines } from '../../lib/swap/baselines.js';
import { ContractCheck } from '../../lib/swap/contract-check.js';
import type { Generation } from '../../lib/swap/generation.js';
import { candidate, type Candidate } from '../helpers/manifests.js';

/** A release of plugins that count how often a comparison looks at their live functions. */
function workshop() {
  const count = { looks: 0 };
  const plugin = (name: string, release: number, uses: readonly string[]): Candidate => {
    const { manifest, ...rest } = candidate({ name, release, live: { [`live_${name}`]: 'index.ts' } });
    const counted: Manifest = {
      ...manifest,
      uses: uses.map((use) => ({ name: `live_${use}`, file: 'use.ts', line: 1 })),
      get liveFunctions() {
        count.looks += 1;
        return manifest.liveFunctions;
      },
    };
    return { ...rest, manifest: counted };
  };
  return { count, plugin };
}

/** Notes releases that ran one after the other; returns what checks the one after that. */
function released(releases: readonly (readonly Candidate[])[]) {
  const baselines = new Baselines();
  for (const release of releases) {
    const versions = release.map((artifact) => ({ artifact }));
    baselines.note({ versions } as unknown as Generation, []);
  }
  const settings = { compatibility: 'backward' as const };
  const check = new ContractCheck({ settings, called: new Set(), baselines, emit: () => {} });
  return (next: readonly Candidate[]): Promise<string[]> => {
    const steps = next.map((candidate) =>
      releases.at(-1)?.includes(candidate)
        ? { kind: 'carry', running: { artifact: candidate } }
        : { kind: 'start', candidate },
    );
    return check.check(steps as unknown as Parameters<ContractCheck['check']>[0]);
  };
}

test('of two hundred plugins that were each deployed alone, a reload of one looks at each a few times', async () => {
  const { count, plugin } = workshop();
  const names = Array.from({ length: 200 }, (_, index) => `tower${index}`);
  const plugins = names.map((name) => plugin(name, 0, ['tower0']));
  const check = released(plugins.map((_, index) => plugins.slice(0, index + 1)));
  count.looks = 0;
  await check(plugins.with(50, plugin('tower50', 1, ['tower0'])));
  expect(count.looks).toBeGreaterThan(names.length);
  expect(count.looks).toBeLessThan(30 * names.length);
});

/** Returns a plugin with a live function that takes an object of these fields. */
function gate(release: number, fields: readonly FieldShape[]): Candidate {
  const { manifest, ...rest } = candidate({ name: 'gate', release, live: { live_open: 'index.ts' } });
  const call = {
    parameters: [{ name: 'way', shape: { kind: 'object' as const, fields } }],
    result: 'void' as const,
  };
  const shape = { kind: 'function' as const, calls: [call] };
  return {
    ...rest,
    manifest: { ...manifest, liveFunctions: manifest.liveFunctions.map((facts) => ({ ...facts, shape })) },
  };
}

test('two steps that break only together are refused for plugins that were there before both', async () => {
  const name: FieldShape = { name: 'name', shape: 'string' };
  const width = (shape: 'string' | 'number'): FieldShape => ({ name: 'width', shape, optional: true });
  const user = (of: string): Candidate => {
    const { manifest, ...rest } = candidate({ name: of });
    return { ...rest, manifest: { ...manifest, uses: [{ name: 'live_open', file: 'use.ts', line: 1 }] } };
  };
  const [herald, scribe] = [user('herald'), user('scribe')];
  const second = gate(2, [name]);
  const check = released([
    [gate(1, [name, width('string')]), herald],
    [second, herald, scribe],
  ]);
  await expect(check([second, herald, scribe])).resolves.toEqual([]);
  await expect(check([gate(3, [name, width('number')]), scribe])).resolves.toEqual([]);
  await expect(check([gate(3, [name, width('number')]), herald, scribe])).rejects.toMatchObject({
    code: 'CONTRACT_BROKEN',
    breaks: [{ symbol: 'live_open', kind: 'parameter', usedBy: [{ kind: 'plugin', name: 'herald' }] }],
  });
});
