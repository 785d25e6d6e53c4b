import { expect, test } from 'vitest';
import { serve } from '../../lib/http/index.js';
import type { PluginText } from '../helpers/compose-plugin.js';
import { loadIn } from '../helpers/modes.js';
import { openServer } from '../helpers/web-plugin.js';

const patient: PluginText = {
  name: 'hall',
  http: `{ fetch: () => new Promise((resolve) => setTimeout(() => resolve(new Response('hodor')), 50)) }`,
};

test.each([2 ** 31, Infinity])(
  'a timeoutMs of %d, for which no timer of Node waits, answers no request early',
  async (timeoutMs) => {
    const { url } = await openServer(await loadIn('static', [patient]), { timeoutMs });
    expect((await fetch(url)).status).toBe(200);
  },
);

test.each([2 ** 40, Infinity])('a new version may be warmed up for %d ms', async (timeoutMs) => {
  const swapper = await loadIn('threads', [patient]);
  await openServer(swapper, { warm: { path: '/', timeoutMs } });
  expect(await swapper.reload(undefined, { force: true })).toEqual({ hall: 'forced' });
});

test.each(['connectionsCheckingInterval', 'headersTimeout', 'keepAliveTimeout', 'requestTimeout'])(
  'a time limit %s that Node would refuse, or take for none, is refused before a thread gets it',
  async (option) => {
    const swapper = await loadIn('static', [patient]);
    for (const value of [0.5, 2 ** 31, Infinity])
      await expect(serve(swapper, { [option]: value })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        option,
      });
  },
);
