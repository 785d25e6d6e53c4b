import { printable } from '../core/printable.js';

/** Prints what is wrong, or what to look out for, to stderr: stdout is for results, which other programs may read. */
export function complain(text: string): void {
  process.stderr.write(`liveswap: ${printable(text)}\n`);
}
