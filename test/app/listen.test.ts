import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';

test.skipIf(process.platform === 'win32')(
  'other users may use a socket of an app that says so, as a proxy in front of it does',
  async () => {
    const { folder, serve } = await appProject({
      'server.js': `
        require('http').createServer().listen({ path: __dirname + '/gate.sock', readableAll: true, writableAll: true });`,
    });
    await serve('server.js');
    const { mode } = await stat(join(folder, 'gate.sock'));
    expect(mode & 0o666).toBe(0o666);
  },
);
