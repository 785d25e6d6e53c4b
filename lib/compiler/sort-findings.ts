import type { Finding } from './rule.js';

/** Findings from the top of the first file to the bottom of the last; the root module's come first. */
export function sortFindings(findings: readonly Finding[], files: readonly string[]): Finding[] {
  const order = new Map(files.map((file, index) => [file, index]));
  const rank = ({ file }: Finding): number => order.get(file) ?? files.length;
  return [...findings].sort(
    (left, right) => rank(left) - rank(right) || left.line - right.line || left.column - right.column,
  );
}
