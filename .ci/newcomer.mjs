// A newcomer's first hour, with the packed tarballs, in an empty folder: create, dev, edit, break, mend, test, check, build,
// start, reload, rollback, and the steps of the Dockerfile, without Docker. Prints how long each step took. `npm run
// test:newcomer` compiles first.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Longest time of a step: a slow machine is no failure, but a step that never ends is one. */
const PATIENCE_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'liveswap-newcomer-'));
const project = join(folder, 'my-server');
const env = {
  ...process.env,
  LIVESWAP_SOCKETS: join(folder, 'sockets'),
  FORCE_COLOR: undefined,
  NO_COLOR: '1',
};
const port = await freePort();
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

  const dev = start('npm', 'run', 'dev', '--', '--port', String(port));
  await answers('Hello, Ada!', 'dev');
  edit('Hello', 'Good day');
  await answers('Good day, Ada!', 'edit');
  edit('greet:', 'greet::');
  await dev.prints(/greeter\/index\.ts:\d+/, 'break');
  assert.equal(await ask(), 'Good day, Ada!', 'What is broken must not go live.');
  edit('greet::', 'greet:');
  edit('Good day', 'Hello');
  await answers('Hello, Ada!', 'mend');
  await dev.stop('SIGINT');

  step('test', () => run(project, 'npm', 'test'));
  step('check', () => run(project, 'npm', 'run', 'check'));
  step('build', () => run(project, 'npm', 'run', 'build'));
  const server = start('npm', 'start', '--', '--port', String(port));
  await answers('Hello, Ada!', 'start');
  edit('Hello', 'Welcome');
  step('reload', () => {
    run(project, 'npm', 'run', 'build');
    run(project, 'npx', 'liveswap', 'reload', '--wait');
  });
  assert.equal(await ask(), 'Welcome, Ada!');
  step('rollback', () => run(project, 'npx', 'liveswap', 'rollback', '--wait'));
  assert.equal(await ask(), 'Hello, Ada!');
  await server.stop('SIGTERM');
  await inImage(project);

  const hosted = join(folder, 'my-host');
  run(folder, join(tools, 'node_modules/.bin/create-liveswap'), 'my-host', '--host');
  install(hosted, library);
  run(hosted, 'npm', 'run', 'build');
  await inImage(hosted);
}

/**
 * Does, without Docker, what building and running an image do: uses the files and commands of the Dockerfile in a folder of their
 * own.
 */
async function inImage(source) {
  const began = performance.now();
  const image = join(folder, `${basename(source)}-image`);
  const steps = readFileSync(join(source, 'Dockerfile'), 'utf8').matchAll(/^(COPY|RUN|CMD) (.*)$/gm);
  mkdirSync(join(image, 'dist'), { recursive: true });
  symlinkSync(join(source, 'dist/plugins'), join(image, 'dist/plugins'));
  let command = [];
  for (const [, step, rest] of steps) {
    if (step === 'COPY')
      for (const file of rest.split(' ').slice(0, -1)) cpSync(join(source, file), join(image, file));
    if (step === 'RUN') run(image, 'sh', '-c', rest);
    if (step === 'CMD') command = JSON.parse(rest);
  }
  const server = startIn(image, ...command.map((word) => (word === '3000' ? String(port) : word)));
  await answers(greetingOf(source), basename(image));
  edit('!', ' again!', source);
  run(source, 'npm', 'run', 'build');
  run(image, 'node_modules/.bin/liveswap', 'reload', '--wait');
  assert.equal(await ask(), greetingOf(source));
  assert.equal(await server.stop('SIGTERM'), 0, 'A container that is stopped ends well.');
  say('image', began);
}

/** Returns the greeting in the source of a project's greeter. */
function greetingOf(source) {
  const text = readFileSync(join(source, 'plugins/greeter/index.ts'), 'utf8');
  return /`(.*)`/.exec(text)[1].replace('${name}', 'Ada');
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
  return startIn(project, command, ...args);
}

function startIn(cwd, command, ...args) {
  const child = spawn(command, args, {
    cwd,
    env: { ...env, PORT: String(port) },
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
      const [code] = await closed;
      return code;
    },
  };
}

/** Signals a command and the processes that it started, unless all of them have ended. */
function endGroup({ pid }, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function edit(from, to, source = project) {
  const file = join(source, 'plugins/greeter/index.ts');
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes(from), `${from} is not in greeter/index.ts`);
  writeFileSync(file, text.replace(from, to));
}

async function answers(expected, name) {
  const began = performance.now();
  let last;
  await until(
    async () => {
      last = await ask().catch(String);
      return last === expected;
    },
    () => `It answered ${last}, not ${expected}.`,
  );
  say(name, began);
}

async function ask() {
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
 * Resolves to a free port below those that the kernel gives to clients. A client that asks again and again before anybody listens
 * would now and then be connected to itself, and the server would find its port taken.
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
