/**
 * The environment of a thread. It does not say that `node --watch` waits for what is loaded: that would restart the host whenever
 * the copy that a thread runs is deleted.
 */
export function threadEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { WATCH_REPORT_DEPENDENCIES: _reported, ...rest } = env;
  return rest;
}
