import { once } from 'node:events';
import { connect } from 'socket.io-client';
import { WebSocket } from 'ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runExample } from '../helpers/run-example.js';

const address = /http:\/\/127\.0\.0\.1:\d+/;
const text = async (url: string): Promise<string> => (await fetch(url)).text();

describe('the example', () => {
  it('hello answers with the new greeting after the edit, from the same process', async () => {
    const example = await runExample('hello');
    const [url] = await example.line(address);
    expect(await text(`${url}/Ada`)).toBe('Hello, Ada!\n');
    await example.edit('plugins/greeter/index.ts', "'Hello'", "'Good day'");
    await example.line(/generation 2 is live/);
    expect(await text(`${url}/Ada`)).toBe('Good day, Ada!\n');
    expect(await example.stop()).toBe(0);
  });

  it('web keeps its sockets while its code is edited, and ends a stream of events with its version', async () => {
    const flags = ['dev', 'plugins', '--port', '0', '--hostname', '127.0.0.1'];
    const example = await runExample('web', ['node_modules/.bin/liveswap', ...flags]);
    const [url] = await example.line(address);
    expect(await text(url)).toContain('A room');
    const upload = await fetch(`${url}/api/upload`, { method: 'POST', body: 'x'.repeat(1_000_000) });
    expect(await upload.json()).toEqual({ bytes: 1_000_000 });
    const events = await fetch(`${url}/api/events`);
    const socket = new WebSocket(url.replace('http', 'ws'));
    await once(socket, 'open');
    const say = async (words: string): Promise<string> => {
      const answered = once(socket, 'message');
      socket.send(words);
      return String((await answered)[0]);
    };
    expect(await say('winter')).toMatch(/says: winter \(1\)$/);
    await example.edit('plugins/web/index.ts', "'says'", "'shouts'");
    await example.line(/web swapped in/);
    expect(await say('winter')).toMatch(/shouts: winter \(2\)$/);
    expect(await events.text()).toContain('event: version');
    socket.close();
    // This page is open while the server ends.
    const open = await fetch(`${url}/api/events`);
    expect(await example.stop()).toBe(0);
    expect(await open.text()).toContain('event: version');
  });

  it('dependencies relinks what depends on the plugin that was edited', async () => {
    const example = await runExample('dependencies');
    await example.line(/^gamma 1 on beta 1 on alpha 1$/);
    await example.edit('plugins/alpha/index.ts', 'alpha 1', 'alpha 2');
    await example.line(/now live: alpha: ok, beta: relinked, gamma: relinked/);
    await example.line(/^gamma 1 on beta 1 on alpha 2$/);
    expect(await example.stop()).toBe(0);
  });

  it('extension serves the routes of the newest generation, those of unchanged plugins included', async () => {
    const example = await runExample('extension');
    const [url] = await example.line(address);
    expect(await text(`${url}/users`)).toContain('Ada');
    await example.edit('plugins/users/index.ts', "'/users'", "'/people'");
    await example.line(/now live: status: unchanged, users: ok/);
    expect(await text(`${url}/people`)).toContain('Ada');
    expect(await text(`${url}/status`)).toContain('status@');
    expect(await text(`${url}/users`)).toContain('no route');
    expect(await example.stop()).toBe(0);
  });

  it('live-jobs does the jobs that were queued before the edit with the code after it', async () => {
    // On a busy machine an edit takes its time, too: it has to be live before the last job begins.
    const example = await runExample('live-jobs', ['host.js'], { WORK_MS: '2000' });
    await example.line(/8 invoices are queued/);
    await example.line(/billed Ada: 300 cents, by release 1/);
    await example.edit('plugins/billing/invoice.ts', 'release 1', 'release 2');
    await example.line(/generation 2 is live/);
    // The jobs that remain need not take so long.
    await example.edit('plugins/billing/invoice.ts', "process.env['WORK_MS'] ?? 1_000", '0');
    await example.line(/billed Hedy: 400 cents, by release 2/);
    await example.line(/billed 44 in all/);
    expect(await example.ended).toBe(0);
  });

  it('static-linking runs the plugin in the thread of the host', async () => {
    const command = 'node_modules/.bin/liveswap';
    const build = await runExample('static-linking', [command, 'build', '--static', 'plugins', 'dist']);
    expect(await build.ended).toBe(0);
    const host = await build.again([process.execPath, 'host.js', 'Grace']);
    await host.line(/Hail Grace, says guardian in thread 0 of 1\./);
    expect(await host.ended).toBe(0);
  });

  it('game loses no move and no tick through releases that change what is kept', async () => {
    const proof = await runExample('game', ['proof.js'], { RELEASES: '5', BOTS: '2' });
    for (const kind of [
      /field is added: released/,
      /another type.*: released/,
      /cannot take.*: refused/,
      /renamed: released/,
    ]) {
      await proof.line(kind);
    }
    await proof.line(/5 releases, \d+ moves, \d+ ticks: 0 wrong/);
    expect(await proof.ended).toBe(0);
  });

  it('socket.io keeps its sockets and rooms, and the newest code handles their events', async () => {
    const example = await runExample('socket.io');
    const [url] = await example.line(address);
    const socket = connect(url);
    onTestFinished(() => void socket.disconnect());
    const told = async (event: string, data: string, answer: string): Promise<unknown> => {
      const answered = new Promise((resolve) => socket.once(answer, resolve));
      socket.emit(event, data);
      return answered;
    };
    expect(await told('enter', 'hall', 'entered')).toBe('hall');
    expect(await told('say', 'Hail', 'said')).toBe('Hail, said in the hall');
    const { id } = socket;
    await example.edit('plugins/hall/index.ts', 'said in the hall', 'shouted in the hall');
    await example.line(/generation 2 is live, 1 sockets stay open/);
    expect(await told('say', 'Hail', 'said')).toBe('Hail, shouted in the hall');
    expect(socket.id).toBe(id);
    expect(await example.stop()).toBe(0);
  });

  it('websocket keeps its sockets and their sessions through swaps', async () => {
    const example = await runExample('websocket');
    const [url = ''] = await example.line(address);
    expect(await text(url)).toContain('Sockets that stay');
    const socket = new WebSocket(url.replace('http', 'ws'));
    const events: { kind: string; text?: string }[] = [];
    socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString()) as { kind: string }));
    const seen = (kind: string, words: string) =>
      expect
        .poll(() => events.some((one) => one.kind === kind && (one.text ?? '').includes(words)))
        .toBe(true);
    await seen('welcome', '');
    socket.send('Hail');
    await seen('reply', 'Hail, heard as number 1');
    await example.edit('plugins/chat/index.ts', 'heard as number', 'noted as number');
    await seen('swapped', '');
    socket.send('Again');
    await seen('reply', 'Again, noted as number 2');
    expect(socket.readyState).toBe(WebSocket.OPEN);
    expect(await example.stop()).toBe(0);
  });
});
