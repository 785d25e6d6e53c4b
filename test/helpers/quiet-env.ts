/**
 * Returns the environment of this process without the variables that change what a process prints: with `FORCE_COLOR`, even the
 * numbers that a plugin logs are coloured. It is for processes whose output a test reads.
 */
export function quietEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const noise = ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS', 'NODE_DEBUG'];
  return { ...process.env, ...Object.fromEntries(noise.map((name) => [name, undefined])), ...more };
}
