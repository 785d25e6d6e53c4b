/** Returns the environment of a process that builds: this one's, without what makes it open an inspector or wait for a client. */
export function buildEnvironment({ env } = process): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: options } = env;
  if (options === undefined) return env;
  return { ...env, NODE_OPTIONS: options.replace(/(?<!\S)--inspect(?:-brk|-wait)?(?:=\S*)?(?!\S)/g, '') };
}
