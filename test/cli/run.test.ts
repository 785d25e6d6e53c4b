import { expect, onTestFinished, test, vi } from 'vitest';
import { run } from '../../lib/cli/run.js';

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
