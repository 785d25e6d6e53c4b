import type { AppBuildOptions, BuiltApp } from '../app/build-app.js';
import type { AppJudgement } from '../app/check/app-judge.js';
import type { AppCheckOptions } from '../app/check/check-app.js';
import type { BuildOptions, BuildProgress } from '../options.js';
import type { Reads } from '../record/reads.js';
import type { PluginReport } from '../report.js';

/** Options that can be sent to another process; call-backs and signals stay here. */
export type SentOptions = Omit<BuildOptions, 'onProgress' | 'signal'>;

/** Task of a session. */
export type BuildTask =
  | { readonly kind: 'open'; readonly options: SentOptions }
  /** Absolute paths of files that were changed, added or deleted. */
  | { readonly kind: 'rebuild'; readonly changed: readonly string[] }
  /** Checks, and builds nothing; paths as those of a rebuild. */
  | { readonly kind: 'check'; readonly changed: readonly string[] }
  | { readonly kind: 'reads' }
  /** Checks types and rules of plugins that were built without them. */
  | { readonly kind: 'judge' }
  /** Builds an app, identified by a number; compiled modules of each app are remembered. */
  | { readonly kind: 'app'; readonly app: number; readonly options: AppBuildOptions }
  /** Checks types and rules of the one app that the process knows. */
  | { readonly kind: 'judgeApp'; readonly options: AppCheckOptions }
  | { readonly kind: 'close' };

/** Message to the build process. */
export interface BuildRequest {
  readonly id: number;
  readonly task: BuildTask;
}

/** Report of a session after a task. */
export interface BuildAnswer {
  readonly reports: readonly PluginReport[];
  /** Absolute paths of all files that the plugins were made of. */
  readonly inputs: readonly string[];
}

/** Answer to a task. */
export interface TaskAnswers {
  readonly open: BuildAnswer;
  readonly rebuild: BuildAnswer;
  readonly check: BuildAnswer;
  readonly reads: Reads | undefined;
  readonly judge: BuildAnswer;
  readonly close: BuildAnswer;
  readonly app: BuiltApp;
  readonly judgeApp: AppJudgement;
}

/** Message from the build process. */
export type BuildReply =
  | { readonly kind: 'progress'; readonly progress: BuildProgress }
  | { readonly kind: 'done'; readonly id: number; readonly answer: TaskAnswers[BuildTask['kind']] }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly error: SentError;
      /** Files that were read, including those that made the task fail and that will be fixed at some point. */
      readonly inputs: readonly string[];
    };

/** An error in transit; a clone would lose its class and its fields. */
export interface SentError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}
