// A newcomer's first hour, with the packed tarballs, in an empty folder: create, dev, edit, break, mend, test, check, build,
// start, reload, rollback. Prints how long each step took. `npm run test:newcomer` compiles first.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A slow machine is no failure, a step that never ends is one. */
const PATIENCE_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'liveswap-newcomer-'));
const project = join(folder, 'my-server');
const env = {
  ...process.env,
  LIVESWAP_SOCKETS: join(folder, 'sockets'),
  FORCE_COLOR: undefined,
  NO_COLOR: '1',
};
const running = new Set();

try {
  await main();
} finally {
  for (const child of running) endGroup(child, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  const [library, creator] = step('pack', () => ['.', 'packages/create-liveswap'].map(pack));
  const tools = join(folder, 'tools');
  step('create', () => {
    mkdirSync(tools);
    writeFileSync(join(tools, 'package.json'), '{ "private": true }');
    install(tools, library, creator);
    run(folder, join(tools, 'node_modules/.bin/create-liveswap'), 'my-server');
  });
  step('install', () => install(project, library));

  const port = await freePort();
  const dev = start('npm', 'run', 'dev', '--', '--port', String(port));
  await answers(port, 'Hello, Ada!', 'dev');
  edit('Hello', 'Good day');
  await answers(port, 'Good day, Ada!', 'edit');
  edit('greet:', 'greet::');
  await dev.prints(/greeter\/index\.ts:\d+/, 'break');
  assert.equal(await ask(port), 'Good day, Ada!', 'What is broken must not go live.');
  edit('greet::', 'greet:');
  edit('Good day', 'Hello');
  await answers(port, 'Hello, Ada!', 'mend');
  await dev.stop('SIGINT');

  step('test', () => run(project, 'npm', 'test'));
  step('check', () => run(project, 'npm', 'run', 'check'));
  step('build', () => run(project, 'npm', 'run', 'build'));
  const server = start('npm', 'start', '--', '--port', String(port));
  await answers(port, 'Hello, Ada!', 'start');
  edit('Hello', 'Welcome');
  step('reload', () => {
    run(project, 'npm', 'run', 'build');
    run(project, 'npx', 'liveswap', 'reload', '--wait');
  });
  assert.equal(await ask(port), 'Welcome, Ada!');
  step('rollback', () => run(project, 'npx', 'liveswap', 'rollback', '--wait'));
  assert.equal(await ask(port), 'Hello, Ada!');
  await server.stop('SIGTERM');
}

function step(name, work) {
  const began = performance.now();
  const result = work();
  say(name, began);
  return result;
}

function say(name, began) {
  console.log(`${name.padEnd(10)} ${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s`);
}

function pack(source) {
  const [{ filename }] = JSON.parse(
    run(source, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  return join(folder, filename);
}

function install(where, ...packages) {
  run(where, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...packages);
}

function run(cwd, command, ...args) {
  try {
    return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

/** Starts a command of the project, in a process group of its own: npm passes signals on as it likes. */
function start(command, ...args) {
  const child = spawn(command, args, {
    cwd: project,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const closed = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  child.once('close', (code) => {
    if (running.delete(child))
      console.log(`${command} ${args.join(' ')} ended by itself, with ${code}:\n${output}`);
  });
  return {
    async prints(pattern, name) {
      const began = performance.now();
      await until(
        () => pattern.test(output),
        () => `It printed no ${pattern}:\n${output}`,
      );
      say(name, began);
    },
    async stop(signal) {
      running.delete(child);
      endGroup(child, signal);
      await closed;
    },
  };
}

/** Signals a command and what it started, unless all of them have ended. */
function endGroup({ pid }, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function edit(from, to) {
  const file = join(project, 'plugins/greeter/index.ts');
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes(from), `${from} is not in greeter/index.ts`);
  writeFileSync(file, text.replace(from, to));
}

async function answers(port, expected, name) {
  const began = performance.now();
  let last;
  await until(
    async () => {
      last = await ask(port).catch(String);
      return last === expected;
    },
    () => `It answered ${last}, not ${expected}.`,
  );
  say(name, began);
}

async function ask(port) {
  const response = await fetch(`http://localhost:${port}/Ada`);
  return response.text();
}

async function until(holds, why) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(why());
    await pause(20);
  }
}

/**
 * A port below those that the kernel gives to clients: one that asks again and again before anybody listens would be connected to
 * itself once in a while, and the server would find its port taken.
 */
async function freePort() {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error.code === 'EADDRINUSE') return freePort();
    throw error;
  }
  server.close();
  await once(server, 'close');
  return port;
}
