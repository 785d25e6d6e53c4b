/** Says what is being done on one line that is overwritten: nothing of it is left, and nothing is shown but to a terminal. */
export function showProgress(text: string): void {
  if (!process.stderr.isTTY) return;
  const line = text.slice(0, (process.stderr.columns ?? 80) - 1);
  process.stderr.write(`\r\x1b[2K${line}`);
}
