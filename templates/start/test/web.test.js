import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountPlugins } from 'liveswap/testing';

test('a visitor is greeted by name', async () => {
  const app = await mountPlugins('plugins');
  const response = await app.fetch('http://localhost/Ada');
  assert.equal(await response.text(), 'Hello, Ada!');
  await app.close();
});

test('the page shows whatever the greeter says', async () => {
  const app = await mountPlugins('plugins', { mocks: { greeter: { greet: async () => 'Good morning' } } });
  const response = await app.fetch('http://localhost/');
  assert.equal(await response.text(), 'Good morning');
  await app.close();
});
