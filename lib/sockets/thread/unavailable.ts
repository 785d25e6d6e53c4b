/** Returns the error for what only the platform's own connections can do, with the code that the platform has for such things. */
export function unavailable(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}
