import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';

const text = (url: string): Promise<string> => fetch(url).then((response) => response.text());

test('a connection or a server that is sent to a child process is refused with what to do; what the app itself has opened arrives', async () => {
  const { serve } = await appProject({
    'child.js': `process.on('message', (word, socket) => {
      process.send(word + ' ' + Boolean(socket), () => process.disconnect());
      socket?.destroy();
    });`,
    'server.js': `
      const { connect } = require('net');
      const server = require('http').createServer((request, response) => {
        const child = require('child_process').fork(__dirname + '/child.js', { execArgv: [] });
        child.on('message', (answer) => response.end(answer));
        const send = (...args) => {
          try { child.send(...args); } catch (error) { child.kill(); response.end(error.code + ' ' + error.message); }
        };
        if (request.url === '/connection') send('raven', request.socket);
        else if (request.url === '/server') send('raven', server);
        else if (request.url === '/word') send('raven');
        else {
          const own = connect(server.address().port, '127.0.0.1', () => send('raven', own));
        }
      }).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  const refusal =
    /^ERR_FEATURE_UNAVAILABLE_ON_PLATFORM liveswap does not adopt child\.send\(\) of a connection or a server.* --threads/;
  expect(await text(`${urls[0]}/connection`)).toMatch(refusal);
  expect(await text(`${urls[0]}/server`)).toMatch(refusal);
  expect(await text(`${urls[0]}/word`)).toBe('raven false');
  expect(await text(`${urls[0]}/own`)).toBe('raven true');
});
