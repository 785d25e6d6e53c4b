/**
 * The environment of this process, without what there may be in it that changes what another prints: with `FORCE_COLOR` even
 * the numbers that a plugin logs are coloured. To be given to processes whose output is read.
 */
export function quietEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const noise = ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS', 'NODE_DEBUG'];
  return { ...process.env, ...Object.fromEntries(noise.map((name) => [name, undefined])), ...more };
}
