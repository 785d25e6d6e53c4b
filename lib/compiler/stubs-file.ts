/** The name of the file with the typed live functions. */
export const STUBS_FILE = 'live.d.ts';

/** The first line of the file. */
export const STUBS_HEAD = '// Written by `liveswap build`, over again each time.';
