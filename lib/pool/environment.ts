/**
 * Returns the environment of a thread, without the variable that makes it report loaded files to `node --watch`: the host would
 * be restarted whenever the copy that a thread runs is deleted.
 */
export function threadEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { WATCH_REPORT_DEPENDENCIES: _reported, ...rest } = env;
  return rest;
}

/** Returns whether two environments have the same variables with the same values. */
export function isSameEnvironment(left: NodeJS.ProcessEnv, right: NodeJS.ProcessEnv): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}
