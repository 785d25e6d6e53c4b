import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const EDIT_MS = 4_000;
const SAY_MS = 1_000;
const VERBS = ['says', 'shouts', 'whispers', 'sings'];

/** Serves a page while its code is edited, until it is interrupted; returns the exit code. */
export async function demonstratePage(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'liveswap-demo-'));
  try {
    await cp(join(repository, 'examples/web/plugins'), join(folder, 'plugins'), { recursive: true });
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
    return await serve(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function serve(folder: string): Promise<number> {
  const port = process.env['PORT'] ?? '3000';
  const args = ['dev', 'plugins', '--port', port, '--hostname', '127.0.0.1'];
  const server = spawn(process.execPath, [join(repository, 'lib/cli/bin.js'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'close');
  process.once('SIGINT', () => {
    // A terminal interrupts both processes, and a server that is interrupted twice does not wait for open requests.
    if (!process.stdin.isTTY) server.kill('SIGINT');
  });
  const timers: NodeJS.Timeout[] = [];
  createInterface({ input: server.stdout }).on('line', (line) => {
    process.stdout.write(`${line}\n`);
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url === undefined || timers.length > 0) return;
    timers.push(keepTalking(url), keepEditing(join(folder, 'plugins/web/index.ts')));
    process.stdout.write(
      `\n  Open ${url} in a browser. The code behind it is edited every ${EDIT_MS / 1000} s:\n`,
    );
    process.stdout.write(`  ${join(folder, 'plugins/web/index.ts')}\n`);
    process.stdout.write('  Edit it yourself, too. Ctrl-C ends the demo.\n\n');
  });
  const [code] = (await ended) as [number | null];
  for (const timer of timers) clearInterval(timer);
  return code ?? 1;
}

/** Says something in the room, so that there is something to see. */
function keepTalking(url: string): NodeJS.Timeout {
  const socket = new WebSocket(url.replace('http', 'ws'));
  socket.on('error', () => {});
  return setInterval(() => {
    if (socket.readyState === socket.OPEN) socket.send(new Date().toLocaleTimeString());
  }, SAY_MS);
}

/** Edits the code, as somebody does who tries out words. */
function keepEditing(file: string): NodeJS.Timeout {
  let edits = 0;
  return setInterval(() => {
    const verb = VERBS[++edits % VERBS.length] as string;
    void readFile(file, 'utf8').then((text) =>
      writeFile(file, text.replace(/const verb = '.*';/, `const verb = '${verb}';`)),
    );
  }, EDIT_MS);
}
