/** Returns the error for something that an app may not open, with its name. */
export function notAdopted(what: string): TypeError {
  return new TypeError(
    `liveswap does not take over ${what} yet: listen on a port or a path, or run this server without liveswap.`,
  );
}
