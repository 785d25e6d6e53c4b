const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on that disk',
  EDQUOT: 'raise the quota of that disk',
  EMFILE: 'raise the limit of open files of this process (ulimit -n)',
  ENFILE: 'raise the limit of open files of this system',
};

/** Returns what to do when a file cannot be written, where the platform's error tells; it may be the cause of `error`. */
export function diskRemedy(error: unknown): string | undefined {
  const { code, cause } = error as NodeJS.ErrnoException;
  return remedies[code ?? String((cause as NodeJS.ErrnoException | undefined)?.code)];
}
