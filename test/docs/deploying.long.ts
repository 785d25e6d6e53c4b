import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import { Project, ts } from 'ts-morph';
import { beforeEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { blocksOf } from '../helpers/page-blocks.js';
import { freePort } from '../helpers/free-port.js';
import { runProgram } from '../helpers/run-program.js';
import { buildProject, releaseWords, startProject } from '../helpers/start-project.js';

const page = blocksOf('docs/recipes/deploying.md');

let project: string;
let port: number;
let adminPort: number;

beforeEach(async () => {
  project = await startProject();
  await buildProject(project);
  [port, adminPort] = [await freePort(), await freePort()];
});

/** Returns the block of the page in a language, for this project and on ports of its own. */
function blockOf(language: string): string {
  const block = page.find((one) => one.language === language);
  const own: Readonly<Record<string, string>> = {
    '/srv/shop': project,
    '/run/shop': join(project, 'run'),
    '8080': String(port),
    '9000': String(adminPort),
  };
  // All parts are replaced in one go, because a port of ours may be 29000.
  return (block?.text ?? '').replaceAll(/\/srv\/shop|\/run\/shop|8080|9000/g, (one) => own[one] ?? one);
}

async function ask(path: string, at = 'localhost', of = port): Promise<string> {
  return (await fetch(`http://${at}:${of}${path}`)).text();
}

/** Returns the settings of a unit of systemd, by name. */
function unitOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(text.matchAll(/^(\w+)=(.*)$/gm), ([, name, value]) => [name, value]));
}

test('the server that the unit of systemd starts is reloaded with an answer, and ends when it is told to', async () => {
  const { WorkingDirectory = '', ExecStart = '', ExecReload = '', ...unit } = unitOf(blockOf('ini'));
  const env = Object.fromEntries((unit['Environment'] ?? '').split(' ').map((pair) => pair.split('=')));
  await mkdir(join(project, 'run'));
  const run = (command: string) => runProgram(WorkingDirectory, command.split(' '), env);
  const server = await run(ExecStart);
  await expect.poll(() => ask('/Ada')).toBe('Hello, Ada!');
  await releaseWords(project, 'Good day');
  expect(await (await run(ExecReload)).ended).toBe(0);
  expect(await ask('/Ada')).toBe('Good day, Ada!');
  await writeFile(join(project, 'dist/plugins/greeter.plugin.mjs'), 'half a file');
  expect(await (await run(ExecReload)).ended).toBe(1);
  expect(await ask('/Ada')).toBe('Good day, Ada!');
  expect(await server.stop(unit['KillSignal'] as NodeJS.Signals)).toBe(0);
});

const systemd = await promisify(execFile)('systemd-analyze', ['--version']).catch(() => undefined);

test.runIf(systemd)('systemd has nothing to say against the unit', async () => {
  const unit = join(project, 'shop.service');
  await writeFile(unit, blockOf('ini').replace(/^User=.*$/m, 'User=root'));
  const { stderr } = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', unit]);
  expect(stderr).toBe('');
});

test('the deployment is one of Kubernetes', () => {
  const code = `import type { Deployment } from 'kubernetes-types/apps/v1.js';
    export const deployment: Deployment = ${JSON.stringify(parse(blockOf('yaml')))};`;
  const types = new Project({
    compilerOptions: { module: ts.ModuleKind.NodeNext, strict: true, skipLibCheck: true, types: [] },
  });
  const file = types.createSourceFile(join(import.meta.dirname, 'deployment.ts'), code);
  expect(file.getPreEmitDiagnostics().map((found) => found.getMessageText())).toEqual([]);
});

test('its container answers the probes, takes over new artifacts by itself, and ends when it is told to', async () => {
  vi.stubEnv('LIVESWAP_SOCKETS', join(project, 'sockets'));
  const { spec } = parse(blockOf('yaml')) as Deployment;
  const [container] = spec?.template.spec?.containers ?? [];
  const { command = [], args = [], lifecycle, readinessProbe, livenessProbe } = container ?? {};
  const server = await runProgram(project, [...command, ...args]);
  for (const probe of [readinessProbe, livenessProbe])
    await expect
      .poll(() => ask(probe?.httpGet?.path ?? '', addressOfPod(), Number(probe?.httpGet?.port)))
      .toBe('ok\n');
  expect(await ask('/Ada')).toBe('Hello, Ada!');
  await releaseWords(project, 'Good day');
  await expect.poll(() => ask('/Ada')).toBe('Good day, Ada!');
  const [program = ''] = lifecycle?.preStop?.exec?.command ?? [];
  await promisify(execFile)('sh', ['-c', `command -v ${program}`]);
  expect(await server.stop('SIGTERM')).toBe(0);
});

/** Returns an address of the pod, which is not a loopback one: the kubelet uses it. */
function addressOfPod(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4');
  return found?.address ?? '127.0.0.1';
}
