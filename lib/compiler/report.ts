import { checkArgument } from '../core/check-argument.js';
import { list } from '../core/check-options.js';
import type { Manifest } from '../manifest/manifest.js';
import type { LargeInput } from './bundle/largest-inputs.js';
import type { OutsidePackage } from './bundle/outside-packages.js';
import type { BuildStep } from './options.js';
import type { Finding } from './rule.js';

/** Milliseconds that each step took. */
export type StepTimes = Readonly<Partial<Record<BuildStep, number>>>;

/** An artifact on disk. */
export interface BuiltArtifact {
  /** Absolute path. */
  readonly file: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string;
  /** The facts about the plugin. */
  readonly manifest: Manifest;
}

interface AnyReport {
  readonly name: string;
  /** Absolute path of the plugin's folder. */
  readonly folder: string;
  readonly times: StepTimes;
  /** Warnings about files that belong to no plugin, and those of esbuild about bundled code that may fail at run time. */
  readonly warnings: readonly Finding[];
}

/** Remarks of the bundler about a plugin that was built. */
export interface BundleRemarks {
  /** Packages that are not in the artifact, so the server needs them in a `node_modules` above it. */
  readonly outside: readonly OutsidePackage[];
  /** The largest packages and own files in the artifact, in descending order. */
  readonly largest: readonly LargeInput[];
  /** Packages in the artifact whose adapter lets only one version take work at a time: `bullmq 5.1.0`. */
  readonly adapted: readonly string[];
}

/** A plugin with an up-to-date artifact, which this build wrote (`built`) or left as it was (`unchanged`). */
export interface BuiltPlugin extends AnyReport, BundleRemarks {
  /** Tells whether this build wrote the artifact. */
  readonly state: 'built' | 'unchanged';
  /** The artifact on disk. */
  readonly artifact: BuiltArtifact;
}

/** A plugin with findings: the artifact of an earlier build, if any, is left as it was. */
export interface RefusedPlugin extends AnyReport {
  /** Marks a plugin with findings. */
  readonly state: 'refused';
  /** The findings, in the order of the files. */
  readonly findings: readonly Finding[];
}

/** A plugin without findings that was only checked. */
export interface CheckedPlugin extends AnyReport {
  /** Marks a plugin that was only checked. */
  readonly state: 'checked';
  /** Manifest that an artifact of these sources would have. */
  readonly manifest: Manifest;
}

/** Outcome for one plugin. */
export type PluginReport = BuiltPlugin | RefusedPlugin | CheckedPlugin;

/** Returns the findings of all plugins, in the order of the plugins. @throws LiveswapError `OPTION_INVALID` */
export function findingsOf(reports: readonly PluginReport[]): Finding[] {
  checkArgument('reports', reports, list);
  return reports.flatMap((report) => (report.state === 'refused' ? report.findings : []));
}
