/**
 * A thread whose port is closed says why it died within this many milliseconds, or nobody does. One that is out of memory takes
 * its time on a busy machine.
 */
export const SILENT_DEATH_MS = 1_000;
