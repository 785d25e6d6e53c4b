import { readFile } from 'node:fs/promises';

/** Resolves to the resident bytes of a process and of those that it has started. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024;
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = text.split(' ').filter((one) => one !== '');
  const more = await Promise.all(children.map((one) => residentBytes(Number(one))));
  return more.reduce((sum, bytes) => sum + bytes, own);
}
