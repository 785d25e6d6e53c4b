/**
 * Returns the environment of a thread, without the variable by which `node --watch` learns of loaded files: it would restart the
 * host whenever the copy that a thread runs is deleted.
 */
export function threadEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { WATCH_REPORT_DEPENDENCIES: _reported, ...rest } = env;
  return rest;
}
