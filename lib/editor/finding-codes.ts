/** Numbers by which editors know the rules; an assigned number never changes. */
const codes: Readonly<Record<string, number>> = {
  'cloneable-boundary': 97_001,
  'no-cross-imports': 97_002,
  'no-globals': 97_003,
  'no-long-tasks': 97_004,
  'no-process-control': 97_005,
  'plugin-shape': 97_006,
  suppressions: 97_007,
};

/** The number of findings that come from no rule. */
export const OTHER_CODE = 97_000;

/** Returns the number of a rule. */
export function codeOf(rule: string): number {
  return codes[rule] ?? OTHER_CODE;
}

/** All numbers of findings. */
export const findingCodes: readonly number[] = [OTHER_CODE, ...Object.values(codes)];
