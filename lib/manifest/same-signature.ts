/**
 * Whether two signatures from manifests mean the same: how parameters are called does not matter. Signatures are
 * printed alike by every build, so that text is all there is to compare.
 */
export function sameSignature(left: string, right: string): boolean {
  return withoutNames(left) === withoutNames(right);
}

/** Parameter names stand after `(`, `, ` or `...` and before a colon; names of fields stand after `{ ` or `; `. */
function withoutNames(signature: string): string {
  return signature.replaceAll(parameter, (text: string, before?: string, after?: string) =>
    before === undefined ? text : `${before}_${after}`,
  );
}

// What looks like a parameter in the text of a literal is none.
const parameter = /'(?:\\.|[^'])*'|([(,] ?|\.\.\.)[\p{ID_Continue}$]+(\??: )/gu;
