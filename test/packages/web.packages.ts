import { expect, test } from 'vitest';
import { tryPackage } from './try-package.js';
import { web } from './uses/web.js';

test.each(web)('$name is built without flags, called, reloaded under load, closed', async (use) => {
  expect.hasAssertions();
  await tryPackage(use);
});
