import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';

test('stacks name TypeScript by its own place, in whichever folder it is', async () => {
  const place = `new Error('lost').stack!.split('\\n')[1]!`;
  const { folder, serve } = await appProject({
    'package.json': '{ "name": "gate", "type": "module" }',
    'halls/north/winterfell.ts': `export const north: string = ${place};`,
    'src/south/[lord]/landing.ts': `export const south: string = ${place};`,
    'src/server.ts': `
      import { createServer } from 'node:http';
      import { north } from '../halls/north/winterfell.js';
      import { south } from './south/[lord]/landing.js';
      const here: string = ${place};
      createServer((request, response) => response.end(JSON.stringify([here, north, south]))).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('src/server.ts');
  const places = ['src/server.ts', 'halls/north/winterfell.ts', 'src/south/[lord]/landing.ts'];
  expect(await (await fetch(urls[0] ?? '')).json()).toEqual(
    places.map((path) => expect.stringContaining(join(folder, path))),
  );
});
