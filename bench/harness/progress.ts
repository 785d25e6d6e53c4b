/** Shows what is being done on one line of a terminal, which is overwritten and finally removed. */
export function showProgress(text: string): void {
  if (!process.stderr.isTTY) return;
  const line = text.slice(0, (process.stderr.columns ?? 80) - 1);
  process.stderr.write(`\r\x1b[2K${line}`);
}
