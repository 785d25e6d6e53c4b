export { build, check, type BuildResult, type CheckResult } from './build.js';
export { BuildSession } from './session.js';
export { findingsOf } from './report.js';
export type {
  BuiltArtifact,
  BuiltPlugin,
  CheckedPlugin,
  PluginReport,
  RefusedPlugin,
  StepTimes,
} from './report.js';
export type { BuildOptions, BuildProgress, BuildStep, CheckOptions } from './options.js';
export type { Finding, PluginSources, Report, Rule } from './rule.js';
