/** What the process exits with. */
export const exitCodes = { ok: 0, findings: 1, misuse: 2 } as const;

/** Sets what the process will exit with. */
export type SetExitCode = (code: number) => void;
