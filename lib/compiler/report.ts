import type { Manifest } from '../manifest/manifest.js';
import type { LargeInput } from './bundle/largest-inputs.js';
import type { OutsidePackage } from './bundle/outside-packages.js';
import type { BuildStep } from './options.js';
import type { Finding } from './rule.js';

/** Milliseconds each step took. */
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
  /** Warnings: files that belong to no plugin, and, of a plugin that was bundled, those of esbuild: its code may fail when it runs. */
  readonly warnings: readonly Finding[];
}

/** Remarks of the bundler about a plugin that was built. */
export interface BundleRemarks {
  /** Packages that are not in the artifact: the server needs them in a `node_modules` where the artifact is. */
  readonly outside: readonly OutsidePackage[];
  /** The largest packages and files of one's own in it, the largest first. */
  readonly largest: readonly LargeInput[];
  /** Packages in it that an adapter lets take work in one version at a time: `bullmq 5.1.0`. */
  readonly adapted: readonly string[];
}

/** A plugin whose artifact is there: `built` wrote it, `unchanged` found it as it must be. */
export interface BuiltPlugin extends AnyReport, BundleRemarks {
  /** Tells whether the artifact was written. */
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

/** A plugin without findings that was only looked at. */
export interface CheckedPlugin extends AnyReport {
  /** Marks a plugin that was only looked at. */
  readonly state: 'checked';
  /** Manifest that an artifact of these sources would have. */
  readonly manifest: Manifest;
}

/** Outcome for one plugin. */
export type PluginReport = BuiltPlugin | RefusedPlugin | CheckedPlugin;

/** The findings of all plugins, in the order of the plugins. */
export function findingsOf(reports: readonly PluginReport[]): Finding[] {
  return reports.flatMap((report) => (report.state === 'refused' ? report.findings : []));
}
