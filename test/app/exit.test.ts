import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';

test('a client gets the whole answer of an app that exits as soon as it has written it', async () => {
  const { serve } = await appProject({
    'server.js': `
      require('http').createServer((request, response) => {
        response.end('Valar morghulis'.repeat(1_000), () => process.exit());
      }).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  const answer = await fetch(urls[0] ?? '');
  expect(answer.status).toBe(200);
  expect(await answer.text()).toHaveLength(15_000);
});
