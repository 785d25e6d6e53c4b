/** What the process exits with. */
export const exitCodes = { ok: 0, findings: 1, misuse: 2 } as const;
