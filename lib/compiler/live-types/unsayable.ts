/** Thrown where a type cannot be written down outside of its plugin: callers fall back to its shape. */
export class Unsayable extends Error {}
