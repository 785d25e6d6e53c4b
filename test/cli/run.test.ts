import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { run } from '../../lib/cli/run.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

test('a command in a folder that was deleted says so', async () => {
  const gone = Object.assign(new Error('ENOENT: no such file or directory, uv_cwd'), { syscall: 'uv_cwd' });
  const cwd = vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw gone;
  });
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => {
    cwd.mockRestore();
    write.mockRestore();
  });
  expect(await run(['check', 'plugins'])).toBe(1);
  expect(write).toHaveBeenCalledWith(expect.stringMatching(/^liveswap: The folder .* was deleted; go to/));
});

test.each([
  ['start', ['start']],
  ['dev', ['dev']],
  ['check', ['check']],
  ['check --app', ['check', '--app']],
  ['build', ['build', '-o', 'out']],
  ['contract', ['contract']],
  ['init', ['init']],
])('a path that %s cannot look at is misuse, and told as such', async (_, args) => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  // No file system can be asked about such a name, whoever asks; a folder that is closed to a user is as good.
  expect(await run([...args, 'x'.repeat(300)])).toBe(2);
  expect(write).toHaveBeenCalledWith(
    expect.stringMatching(/^liveswap: Cannot (?:read|write) .*ENAMETOOLONG.*; .*OPTION_INVALID/),
  );
});

test('a contract that cannot be written is misuse, and told as such', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  const folder = await tempFolder();
  await writeFiles(folder, { 'server.mjs': '' });
  expect(await run(['contract', join(folder, 'server.mjs'), '--out', folder])).toBe(2);
  expect(write).toHaveBeenCalledWith(
    expect.stringMatching(/^liveswap: Cannot write the contract to .*EISDIR.*; name another file/),
  );
});
