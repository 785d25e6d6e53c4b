import { expect, test } from 'vitest';
import type { ArtifactModule } from '../../lib/plugin/artifact-module.js';
import { kept } from '../../lib/plugin/kept.js';
import { keptRoots } from '../../lib/plugin/kept-roots.js';
import { KeptThread } from '../../lib/thread/kept-thread.js';

test('state that is kept only after the code has been evaluated is refused: it would be missing from the hand-over', () => {
  const artifact = { keptRoots, isEvaluatedLater: true } as unknown as ArtifactModule;
  const thread = new KeptThread(artifact, { names: [] } as never);
  expect(keptRoots.isComplete).toBe(false);
  thread.evaluated();
  const refused = expect.objectContaining({
    code: 'OPTION_INVALID',
    option: 'kept',
    message: expect.stringContaining('players'),
  });
  expect(() => kept('players', () => new Map())).toThrow(refused);
  expect(keptRoots.roots).toEqual(new Map());
});
