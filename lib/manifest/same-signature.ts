/**
 * Whether two signatures from manifests mean the same: how parameters are called does not matter. Signatures are
 * printed alike by every build, so that text is all there is to compare.
 */
export function sameSignature(left: string, right: string): boolean {
  return withoutNames(left) === withoutNames(right);
}

/** Parameter names stand after `(`, `, ` or `...` and before a colon; names of fields stand after `{ ` or `; `. */
function withoutNames(signature: string): string {
  return signature.replaceAll(/([(,] ?|\.\.\.)[\w$]+(\??: )/g, '$1_$2');
}
