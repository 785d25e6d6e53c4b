/** True under Yarn's Plug'n'Play, which replaces the functions of `node:fs` by its own. */
export const isPlugNPlay = process.versions['pnp'] !== undefined;
