import { expect, test } from 'vitest';
import { Swapper } from '../../lib/index.js';
import { untilCollected } from '../helpers/until.js';

test('a swapper that is made and never closed is collected, its listeners and all', async () => {
  const made = (() => {
    const swapper = new Swapper('.');
    swapper.on('reloaded', () => void swapper.reloads);
    return new WeakRef(swapper);
  })();
  await untilCollected(() => made.deref() === undefined);
  expect(made.deref()).toBeUndefined();
});
