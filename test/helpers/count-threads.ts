/** Worker threads of this process that are alive now, as Node itself reports them. */
export function countThreads(): number {
  const { workers } = process.report.getReport() as { workers: readonly unknown[] };
  return workers.length;
}
