export { build, check, type BuildResult, type CheckResult } from './build.js';
export { BuildSession } from './session.js';
export { findingsOf } from './report.js';
export type {
  BuiltArtifact,
  BuiltPlugin,
  BundleRemarks,
  CheckedPlugin,
  PluginReport,
  RefusedPlugin,
  StepTimes,
} from './report.js';
export type { LargeInput } from './bundle/largest-inputs.js';
export type { OutsidePackage } from './bundle/outside-packages.js';
export { buildDefaults } from './options.js';
export type { BuildOptions, BuildProgress, BuildStep, CheckOptions } from './options.js';
export type { Excerpt, Finding, PluginSources, Report, Rule, TextEdit } from './rule.js';
export { hostContract, type HostContractOptions } from './host-contract.js';
export { clean } from './clean.js';
export { applyFixes } from './fix.js';
export { rules } from './rules/index.js';
export { countOf, findingsAsText } from './diagnostics/text.js';
export { findingsAsSarif } from './diagnostics/sarif.js';
export { reportsAsJson } from './diagnostics/json.js';
export type { Paint, Role } from './diagnostics/paint.js';
