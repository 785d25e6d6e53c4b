import { beforeEach, expect, test, vi } from 'vitest';
import { run } from '../../lib/cli/run.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

beforeEach(async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'server.js': '', 'plugins/guardian/index.ts': '' });
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
});

/** Runs a command line, in which '' is an empty argument. Resolves to the exit code and what it says. */
async function runLine(line: string): Promise<{ readonly code: number; readonly errors: string }> {
  let errors = '';
  const keep = (text: unknown): boolean => Boolean((errors += String(text)));
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  try {
    const code = await run(line.split(' ').map((word) => (word === "''" ? '' : word)));
    return { code, errors };
  } finally {
    stderr.mockRestore();
  }
}

test.each([
  ["check ''", 'plugin-folder'],
  ["check plugins ''", 'plugin-folder'],
  ["check --against '' plugins", '--against <folder>'],
  ["check --contract '' plugins", '--contract <file>'],
  ["build '' out", 'paths'],
  ["build plugins ''", 'paths'],
  ["build -o '' plugins", '-o, --out <folder>'],
  ["build --app '' out", 'paths'],
  ["dev ''", 'source'],
  ["dev --host '' plugins", '--host <module>'],
  ["dev --plugins '' server.js", '--plugins <folder>'],
  ["start ''", 'entry-or-folder'],
  ["start --root '' server.js", '--root <folder>'],
  ["start --config '' plugins", '--config <module>'],
  ["init ''", 'folder'],
  ["contract ''", 'host'],
  ["contract --out '' server.js", '--out <file>'],
  ["status --dir ''", '--dir <folder>'],
  ["reload --socket ''", '--socket <path>'],
])('%s is misuse: nothing is taken for the working folder', async (line, named) => {
  const { code, errors } = await runLine(line);
  expect(errors).toContain(`error: ${named}`);
  expect(errors).toContain(' is empty; give it a value');
  expect(code).toBe(2);
});

test('an empty path among values that are parsed is misuse, too', async () => {
  const { code, errors } = await runLine("build --adapter '' plugins out");
  expect([code, errors]).toEqual([
    2,
    expect.stringContaining("'--adapter <module>' argument '' is invalid."),
  ]);
});
