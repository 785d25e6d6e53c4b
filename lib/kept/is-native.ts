/** Returns whether a class is the platform's, written in no JavaScript. */
export function isNative(type: object): boolean {
  return /\[native code\]\s*\}$/.test(Function.prototype.toString.call(type));
}
