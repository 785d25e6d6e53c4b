import { BuildSession, findingsOf } from '../../lib/compiler/index.js';
import { answerParent } from './helper-process.js';

/** Builds `source` into `outDir`; `changed` names the files edited since the last time. */
export interface BuildQuestion {
  readonly source: string;
  readonly outDir: string;
  readonly changed: readonly string[];
}

/** Duration of a build, and its faults. */
export interface BuildAnswer {
  readonly ms: number;
  readonly findings: readonly string[];
}

let session: BuildSession | undefined;

answerParent<BuildQuestion, BuildAnswer>(async ({ source, outDir, changed }) => {
  const began = performance.now();
  session ??= new BuildSession({ sources: [source], outDir });
  const reports = await session.rebuild(changed);
  return {
    ms: performance.now() - began,
    findings: findingsOf(reports).map(({ rule, problem }) => `${rule}: ${problem}`),
  };
});
