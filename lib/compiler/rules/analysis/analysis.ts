import type { Project, ts } from 'ts-morph';
import { relativePath } from '../../../core/paths.js';
import { Edits } from '../../incremental/edits.js';
import type { PluginSources } from '../../rule.js';
import { broughtInto } from '../imports/brought-in.js';
import { codeImports, type CodeImport } from '../imports/code-imports.js';
import { Ownership } from '../imports/ownership.js';
import { Memory } from './memory.js';
import { Nodes } from './nodes.js';
import { References } from './references.js';

/** Facts that the rules share about one state of a plugin's sources. */
export interface Analysis {
  readonly plugin: PluginSources;
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  /** The plugin's own files, and the shared ones that it brings in. */
  readonly files: readonly ts.SourceFile[];
  /** JavaScript that the plugin brings in and that the compiler does not read. */
  readonly unread: readonly string[];
  /** Files through which the plugin brings in code that another plugin or the host owns. */
  readonly wrong: readonly string[];
  readonly ownership: Ownership;
  readonly nodes: Nodes;
  readonly references: References;
  /** Answers from before the last edit that are still valid. */
  readonly memory: Memory;
}

const studies = new WeakMap<Project, Map<string, Study>>();

/** Returns the analysis of a plugin, made once for each state of its sources. */
export function analyse(plugin: PluginSources): Analysis {
  const ofProject = studies.get(plugin.project) ?? new Map<string, Study>();
  studies.set(plugin.project, ofProject);
  const study = ofProject.get(plugin.folder) ?? new Study();
  ofProject.set(plugin.folder, study);
  return study.of(plugin);
}

/** Returns the files of a plugin and of the code that it brings in. */
export function judgedFiles(plugin: PluginSources): readonly ts.SourceFile[] {
  return analyse(plugin).files;
}

/** The analyses of one plugin over successive edits. */
class Study {
  readonly #edits = new Edits();
  readonly #memory = new Memory();
  readonly #references = new References(this.#memory);
  #latest: Analysis | undefined;

  of(plugin: PluginSources): Analysis {
    const program = plugin.project.getProgram().compilerObject;
    if (this.#latest?.plugin !== plugin || this.#latest.program !== program) {
      this.#latest = this.#make(plugin, program);
    }
    return this.#latest;
  }

  #make(plugin: PluginSources, program: ts.Program): Analysis {
    const checker = program.getTypeChecker();
    const edit = this.#edits.since(program);
    this.#memory.forget(edit);
    const ownership = new Ownership(plugin);
    const imports = (file: ts.SourceFile) => importsOf(file, { memory: this.#memory, program });
    const { known, unread, wrong } = broughtInto(plugin, program, ownership, imports);
    const files = [...plugin.files.map((file) => file.compilerNode), ...known];
    this.#memory.forgetUsesOf(this.#references.update(files, checker, edit));
    return {
      plugin,
      program,
      checker,
      files,
      unread,
      wrong,
      ownership,
      nodes: new Nodes(files, this.#memory),
      references: this.#references,
      memory: this.#memory,
    };
  }
}

/** Returns the imports in a file that are not marked as type-only. */
export function importsOf(
  file: ts.SourceFile,
  { memory, program }: Pick<Analysis, 'memory' | 'program'>,
): readonly CodeImport[] {
  return memory.recall('imports of code', file, () => codeImports(file, program.getTypeChecker()));
}

/** Returns the place of `node` for a message: `jobs/roll-call.ts:12`, relative to the plugin's folder. */
export function placeOf(analysis: Analysis, node: ts.Node): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return `${relativePath(analysis.plugin.folder, file.fileName)}:${line + 1}`;
}
