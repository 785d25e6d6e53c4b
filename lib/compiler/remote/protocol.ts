import type { AppBuildOptions, BuiltApp } from '../app/build-app.js';
import type { AppJudgement } from '../app/check/app-judge.js';
import type { AppCheckOptions } from '../app/check/check-app.js';
import type { BuildOptions, BuildProgress } from '../options.js';
import type { PluginReport } from '../report.js';

/** Options that reach another process: call-backs and signals stay here. */
export type SentOptions = Omit<BuildOptions, 'onProgress' | 'signal'>;

/** Task of a session. */
export type BuildTask =
  | { readonly kind: 'open'; readonly options: SentOptions }
  /** Absolute paths of files that were changed, added or deleted. */
  | { readonly kind: 'rebuild'; readonly changed: readonly string[] }
  /** Types and rules of what was built without them. */
  | { readonly kind: 'judge' }
  /** An app, by its number: what was compiled for it is remembered. */
  | { readonly kind: 'app'; readonly app: number; readonly options: AppBuildOptions }
  /** Types and rules of the one app that the process looks at. */
  | { readonly kind: 'judgeApp'; readonly options: AppCheckOptions }
  | { readonly kind: 'close' };

/** To the process that builds. */
export interface BuildRequest {
  readonly id: number;
  readonly task: BuildTask;
}

/** Report of a session after a task. */
export interface BuildAnswer {
  readonly reports: readonly PluginReport[];
  /** Absolute paths of every file that the plugins were made of. */
  readonly inputs: readonly string[];
}

/** Answer to a task. */
export interface TaskAnswers {
  readonly open: BuildAnswer;
  readonly rebuild: BuildAnswer;
  readonly judge: BuildAnswer;
  readonly close: BuildAnswer;
  readonly app: BuiltApp;
  readonly judgeApp: AppJudgement;
}

/** From the process that builds. */
export type BuildReply =
  | { readonly kind: 'progress'; readonly progress: BuildProgress }
  | { readonly kind: 'done'; readonly id: number; readonly answer: TaskAnswers[BuildTask['kind']] }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly error: SentError;
      /** Files that were read. They include those that made it give up: they will be mended at some time. */
      readonly inputs: readonly string[];
    };

/** An error as it crosses: a clone of it would lose its class and its fields. */
export interface SentError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}
