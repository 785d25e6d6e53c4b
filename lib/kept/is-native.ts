/** Returns whether a class is built into the platform rather than written in JavaScript. */
export function isNative(type: object): boolean {
  return /\[native code\]\s*\}$/.test(Function.prototype.toString.call(type));
}
