import { dirname } from 'node:path';
import { ts } from 'ts-morph';
import { statsOf } from '../../../core/stats-of.js';
import { dependencyFiles } from '../../dependency-files.js';
import { Program } from '../../program.js';
import type { Finding } from '../../rule.js';
import { sourceClosure } from '../../source-closure.js';
import { tsconfigFor } from '../../tsconfig-for.js';

/** The type errors of an app, and the files that they depend on. */
export interface AppTypeErrors {
  readonly findings: readonly Finding[];
  /**
   * Absolute paths of the files that were read outside of packages, including those imported for types only and each
   * tsconfig.json.
   */
  readonly inputs: ReadonlySet<string>;
}

const TYPESCRIPT = /\.[cm]?tsx?$/;
const JAVASCRIPT = /\.(?:[cm]?js|jsx)$/;
const DECLARATION = /\.d\.[cm]?ts$/;
/** Matches "Cannot find module": the compiler looks for a file only once. */
const NOT_FOUND = /\(TS2307\)$/;
/** Longest step, in milliseconds, in which a file system keeps the time of a change. */
const STEP_MS = 2_000;

/**
 * Checks the types of an app, each file with its nearest tsconfig.json; a file without one is not checked. Sources stay parsed
 * between checks.
 */
export class AppTypes {
  readonly #programs = new Map<string, Program>();
  /** States of files whose changes can affect all others. */
  #grounds = new Map<string, string>();
  #states = new Map<string, string>();
  #isMissing = false;

  /**
   * @param name names the app in its findings.
   * @param modules are the absolute paths of its own modules.
   * @throws LiveswapError `OPTION_INVALID` when a tsconfig.json cannot be used
   */
  look(name: string, modules: readonly string[]): AppTypeErrors {
    const began = Date.now();
    const read = this.#forgetChanges();
    const findings: Finding[] = [];
    const inputs = new Set<string>();
    const grounds = new Set<string>();
    for (const [nearest, own] of byTsconfig(modules)) {
      const program = this.#programFor(nearest, own);
      for (const path of [...program.configs, ...dependencyFiles(dirname(nearest))]) grounds.add(path);
      const { project, ambient, types } = program;
      const { allowJs, checkJs } = project.getCompilerOptions();
      const isChecked = (path: string): boolean =>
        (TYPESCRIPT.test(path) && !DECLARATION.test(path)) ||
        ((allowJs ?? checkJs ?? false) && JAVASCRIPT.test(path));
      const sources = own
        .filter(isChecked)
        .flatMap((path) => project.getSourceFile(path) ?? project.addSourceFileAtPathIfExists(path) ?? []);
      if (sources.length === 0) continue;
      const closure = sourceClosure(sources);
      // Files of another package are checked with that one.
      const checked = [...closure].filter((path) => isChecked(path) && tsconfigNear(path) === nearest);
      findings.push(
        ...types.findings({ name, files: checked.flatMap((path) => project.getSourceFile(path) ?? []) }),
      );
      for (const path of [...closure, ...ambient]) inputs.add(path);
    }
    this.#isMissing = findings.some(({ problem }) => NOT_FOUND.test(problem));
    // A file that was changed while the others were checked has a newer state than the one that was read.
    const stateRead = (path: string): string => read.get(path) ?? stateOf(path, began);
    this.#grounds = statesOf(grounds, stateRead);
    this.#states = statesOf(inputs, stateRead);
    return { findings, inputs: new Set([...inputs, ...grounds]) };
  }

  close(): void {
    for (const { types } of this.#programs.values()) types.close();
    this.#programs.clear();
  }

  /** Makes the checker read changed files again. Returns the states that the known files had before. */
  #forgetChanges(): ReadonlyMap<string, string> {
    const grounds = statesOf(this.#grounds.keys());
    const states = statesOf(this.#states.keys());
    if (this.#isMissing || changedOf(this.#grounds, grounds).length > 0) {
      this.close();
      return new Map();
    }
    const changed = changedOf(this.#states, states);
    for (const program of this.#programs.values()) {
      for (const path of changed) program.refresh(path);
      program.findDeclarations();
    }
    return new Map([...grounds, ...states]);
  }

  #programFor(nearest: string, own: readonly string[]): Program {
    const tsconfig = tsconfigFor({ files: own }, nearest) ?? nearest;
    const program = this.#programs.get(tsconfig) ?? new Program(tsconfig, dirname(tsconfig), { isApp: true });
    this.#programs.set(tsconfig, program);
    return program;
  }
}

function byTsconfig(modules: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of modules) {
    const nearest = tsconfigNear(path);
    if (nearest === undefined) continue;
    const group = groups.get(nearest);
    if (group) group.push(path);
    else groups.set(nearest, [path]);
  }
  return groups;
}

function tsconfigNear(path: string): string | undefined {
  return ts.findConfigFile(dirname(path), (file) => ts.sys.fileExists(file));
}

function changedOf(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  return [...before].filter(([path, state]) => now.get(path) !== state).map(([path]) => path);
}

function statesOf(
  paths: Iterable<string>,
  stateOfOne: (path: string) => string = (path) => stateOf(path),
): Map<string, string> {
  return new Map(Array.from(paths, (path) => [path, stateOfOne(path)]));
}

/** Returns the state of a file, which is unknown if it may have changed since `began`, in milliseconds since 1970. */
function stateOf(path: string, began = Infinity): string {
  const stats = statsOf(path);
  if (!stats) return 'gone';
  return stats.mtimeMs > began - STEP_MS ? 'unknown' : `${stats.mtimeMs} ${stats.size}`;
}
