import type { Finding } from './rule.js';

/** Sorts findings by file and place; those of the root module come first. */
export function sortFindings(findings: readonly Finding[], files: readonly string[]): Finding[] {
  const order = new Map(files.map((file, index) => [file, index]));
  const rank = ({ file }: Finding): number => order.get(file) ?? files.length;
  return [...findings].sort(
    (left, right) => rank(left) - rank(right) || left.line - right.line || left.column - right.column,
  );
}
