/** The refusal of something that an app opens, by name. */
export function notAdopted(what: string): TypeError {
  return new TypeError(
    `liveswap does not take over ${what} yet: listen on a port or a path, or run this server without liveswap.`,
  );
}
