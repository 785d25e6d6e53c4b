/**
 * A thread whose port is closed reports why it died within this many milliseconds, or never. One that is out of memory takes
 * long on a busy machine.
 */
export const SILENT_DEATH_MS = 1_000;
