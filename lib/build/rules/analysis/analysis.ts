import { relative } from 'node:path';
import type { Node, ts } from 'ts-morph';
import type { PluginSources } from '../../rule.js';
import { Nodes } from './nodes.js';
import { References } from './references.js';

/** What the rules share when they look at one state of a plugin's sources. */
export interface Analysis {
  readonly plugin: PluginSources;
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  readonly files: readonly ts.SourceFile[];
  readonly nodes: Nodes;
  readonly references: References;
}

// A program never changes; an edit makes a new one, and what was known of the old goes with it.
const known = new WeakMap<ts.Program, Map<string, Analysis>>();

/** The analysis of a plugin, made once for each state of its sources. */
export function analyse(plugin: PluginSources): Analysis {
  const program = plugin.project.getProgram().compilerObject;
  let ofProgram = known.get(program);
  if (!ofProgram) known.set(program, (ofProgram = new Map()));
  let analysis = ofProgram.get(plugin.folder);
  if (!analysis) ofProgram.set(plugin.folder, (analysis = make(plugin, program)));
  return analysis;
}

function make(plugin: PluginSources, program: ts.Program): Analysis {
  const checker = program.getTypeChecker();
  const files = plugin.files.map((file) => file.compilerNode);
  return {
    plugin,
    program,
    checker,
    files,
    nodes: new Nodes(files),
    references: new References(checker, files),
  };
}

/** Where `node` is, for a message: `jobs/roll-call.ts:12`, relative to the plugin's folder. */
export function placeOf(analysis: Analysis, node: ts.Node): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return `${relative(analysis.plugin.folder, file.fileName).replaceAll('\\', '/')}:${line + 1}`;
}

/** The ts-morph node that stands for a node of the compiler: what a report takes. */
export function reportable(analysis: Analysis, node: ts.Node): Node {
  const file = analysis.plugin.project.getSourceFileOrThrow(node.getSourceFile().fileName);
  let found = file.getDescendantAtPos(node.getStart());
  while (found && found.compilerNode !== node) found = found.getParent();
  return found ?? file;
}
