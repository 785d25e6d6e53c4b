import { expect, test } from 'vitest';
import { tryPackage } from './try-package.js';
import { tools } from './uses/tools.js';

test.each(tools)('$name is built without flags, called, reloaded under load, closed', async (use) => {
  expect.hasAssertions();
  await tryPackage(use);
});
