import { expect, test } from 'vitest';
import { despiteReaders } from '../../lib/core/despite-readers.js';

function failing(times: number, code: string) {
  let calls = 0;
  return async (): Promise<string> => {
    calls += 1;
    if (calls <= times) throw Object.assign(new Error(code), { code });
    return `call ${calls}`;
  };
}

test.each(['EPERM', 'EACCES', 'EBUSY'])(
  'on Windows %s is tried again: somebody reads the file for a moment',
  async (code) => {
    await expect(despiteReaders(failing(3, code), 'win32')).resolves.toBe('call 4');
  },
);

test('elsewhere, and for other reasons, nothing is tried again', async () => {
  await expect(despiteReaders(failing(1, 'EPERM'), 'linux')).rejects.toMatchObject({ code: 'EPERM' });
  await expect(despiteReaders(failing(1, 'ENOENT'), 'win32')).rejects.toMatchObject({ code: 'ENOENT' });
});
