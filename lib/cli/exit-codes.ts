/** Exit codes of the process. */
export const exitCodes = { ok: 0, findings: 1, misuse: 2 } as const;

/** Sets the exit code of the process. */
export type SetExitCode = (code: number) => void;
