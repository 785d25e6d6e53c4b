export { build, type BuildResult } from './build.js';
export { BuildSession, type BuiltArtifact, type PluginReport, type StepTimes } from './session.js';
export type { BuildOptions, BuildProgress, BuildStep, CheckOptions } from './options.js';
export type { Finding, PluginSources, Report, Rule } from './rule.js';
