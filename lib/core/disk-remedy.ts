const remedies: Readonly<Record<string, string | undefined>> = {
  ENOSPC: 'make room on that disk',
  EDQUOT: 'raise the quota of that disk',
  EMFILE: 'raise the limit of open files of this process (ulimit -n)',
  ENFILE: 'raise the limit of open files of this system',
};

/**
 * Returns what to do when a file cannot be written or read, where the platform's error tells; it may be the cause of `error`, which
 * may be anything that code throws.
 */
export function diskRemedy(error: unknown): string | undefined {
  const { code = '', cause } = Object(error) as NodeJS.ErrnoException;
  return remedies[code] ?? remedies[String((cause as NodeJS.ErrnoException | undefined)?.code)];
}
