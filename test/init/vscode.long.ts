import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { quietEnv } from '../helpers/quiet-env.js';
import { command, runCommand } from '../helpers/run-command.js';
import { startProject } from '../helpers/start-project.js';

const templates = fileURLToPath(new URL('../../templates/start/_vscode/', import.meta.url));

/** The fields of a task that this test reads. */
interface Task {
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly problemMatcher: Matcher | readonly [];
}

interface Matcher {
  readonly pattern: {
    readonly regexp: string;
    readonly file: number;
    readonly line: number;
    readonly column: number;
    readonly code: number;
    readonly message: number;
  };
  readonly background: { readonly beginsPattern: string; readonly endsPattern: string };
}

/** Attributes of VS Code's schemas for a task and for a configuration of its debugger for Node.js; no others are allowed. */
const attributes = {
  task: ['label', 'type', 'command', 'args', 'isBackground', 'presentation', 'problemMatcher'],
  matcher: ['owner', 'source', 'fileLocation', 'pattern', 'background'],
  launch: [
    'name',
    'type',
    'request',
    'preLaunchTask',
    'program',
    'runtimeExecutable',
    'runtimeArgs',
    'console',
    'resolveSourceMapLocations',
  ],
  attach: ['name', 'type', 'request', 'port', 'resolveSourceMapLocations'],
} as const;

async function settings<Shape>(name: string): Promise<Shape> {
  return JSON.parse(await readFile(join(templates, name), 'utf8')) as Shape;
}

async function task(label: string): Promise<Task> {
  const { tasks } = await settings<{ tasks: Task[] }>('tasks.json');
  const found = tasks.find((one) => one.label === label);
  if (!found) throw new Error(`There is no task ${label}.`);
  return found;
}

test('each configuration of the debugger is one that VS Code knows, and what it names is there', async () => {
  const { version, configurations } = await settings<{
    version: string;
    configurations: { request: 'launch' | 'attach'; preLaunchTask?: string; program?: string }[];
  }>('launch.json');
  expect(version).toBe('0.2.0');
  for (const configuration of configurations) {
    const { request, preLaunchTask, program } = configuration;
    expect(attributes[request]).toEqual(expect.arrayContaining(Object.keys(configuration)));
    expect(configuration).toMatchObject({ name: expect.any(String) as string, type: 'node' });
    if (preLaunchTask !== undefined) expect(await task(preLaunchTask)).toBeDefined();
    const file = program?.replace('${workspaceFolder}/.vscode/', '');
    if (file !== undefined) expect(await readFile(join(templates, file), 'utf8')).toContain('liveswap');
  }
});

test('so is each task, whose command runs', async () => {
  const { version, tasks } = await settings<{ version: string; tasks: Task[] }>('tasks.json');
  expect(version).toBe('2.0.0');
  for (const { problemMatcher, ...rest } of tasks) {
    expect(attributes.task).toEqual(expect.arrayContaining(Object.keys(rest)));
    expect(attributes.matcher).toEqual(expect.arrayContaining(Object.keys(problemMatcher)));
  }
  const project = await startProject();
  const { command: program, args } = await task('build static');
  expect([program, args[0]]).toEqual(['npx', 'liveswap']);
  expect(await runCommand(project, ...args.slice(1))).toMatchObject({ code: 0 });
});

/** The problems that VS Code would show: those between the last two marks. */
class ProblemList {
  readonly #matcher: Matcher;
  #problems: Record<string, string | undefined>[] = [];
  rounds = 0;

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  get problems(): readonly Record<string, string | undefined>[] {
    return this.#problems;
  }

  read(line: string): void {
    const { pattern, background } = this.#matcher;
    if (new RegExp(background.beginsPattern).test(line)) this.#problems = [];
    if (new RegExp(background.endsPattern).test(line)) this.rounds++;
    const match = new RegExp(pattern.regexp).exec(line);
    const { file, line: at, column, code, message } = pattern;
    if (match)
      this.#problems.push({
        file: match[file],
        line: match[at],
        column: match[column],
        code: match[code],
        message: match[message],
      });
  }
}

test('the task that checks shows what the rules and the compiler find, as it is now', async () => {
  const project = await startProject();
  const { args, problemMatcher } = await task('check');
  const list = new ProblemList(problemMatcher as Matcher);
  const child: ChildProcess = spawn(command.file, [...command.args, ...args.slice(1)], {
    cwd: project,
    env: quietEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => list.read(line));
  await expect.poll(() => list.rounds).toBe(1);
  expect(list.problems).toEqual([]);

  const greeter = join(project, 'plugins/greeter/index.ts');
  const text = await readFile(greeter, 'utf8');
  await writeFile(greeter, `${text}process.exit(1);\nexport const wrong: string = 1;\n`);
  const last = text.split('\n').length;
  await expect
    .poll(() => list.problems.toSorted((left, right) => Number(left['line']) - Number(right['line'])))
    .toEqual([
      expect.objectContaining({ code: 'no-process-control', line: String(last), column: '1' }),
      expect.objectContaining({ file: 'plugins/greeter/index.ts', code: 'types', line: String(last + 1) }),
    ]);
  await writeFile(greeter, text);
  await expect.poll(() => list.problems).toEqual([]);
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([0, null]);
});
