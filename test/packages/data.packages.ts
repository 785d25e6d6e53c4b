import { expect, test } from 'vitest';
import { tryPackage } from './try-package.js';
import { data } from './uses/data.js';

test.each(data)('$name is built without flags, called, reloaded under load, closed', async (use) => {
  expect.hasAssertions();
  await tryPackage(use);
});
