import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../helpers/run-command.js';
import { runProgram } from '../helpers/run-program.js';
import { startProject } from '../helpers/start-project.js';

test('the configuration of the debugger for one process serves the same there', async () => {
  const project = await startProject();
  const { tasks } = JSON.parse(await readFile(join(project, '.vscode/tasks.json'), 'utf8')) as {
    tasks: { readonly label: string; readonly args: readonly string[] }[];
  };
  const build = tasks.find(({ label }) => label === 'build static');
  expect(await runCommand(project, ...(build?.args.slice(1) ?? []))).toMatchObject({ code: 0 });
  const server = await runProgram(project, [process.execPath, '.vscode/in-process.mjs'], { PORT: '0' });
  const [url] = await server.line(/http:\S+/);
  expect(await (await fetch(new URL('/Ada', url))).text()).toBe('Hello, Ada!');
});
