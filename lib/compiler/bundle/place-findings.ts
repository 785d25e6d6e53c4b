import { dirname } from 'node:path';
import type { ts } from 'ts-morph';
import { relativePath } from '../../core/paths.js';
import type { Finding } from '../rule.js';
import type { UnclearPath } from './named-files.js';
import type { AskingModule } from './survey.js';

const lists = /^(readdir|opendir|scandir|glob|watch|autoload|static|serveStatic|register)/i;
const writes = /^(write|append|mkdir|createWriteStream|open$|openSync|copy|rename|cp|Database|DatabaseSync)/;
const asks = /^(exists|access|stat|lstat|rm|unlink)/;

/** Returns findings about own code that uses its folder in a way that an artifact does not allow. */
export function placeFindings(plugin: string, modules: readonly AskingModule[]): Finding[] {
  return modules
    .filter(({ isOwn }) => isOwn)
    .flatMap(({ file, unclear, openNames }) => [
      ...unclear.flatMap((one) => {
        const [problem, remedy] = faultOf(one, file) ?? [];
        return problem && remedy ? [findingAt(one.node, file, plugin, problem, remedy)] : [];
      }),
      ...openNames.map((node) => findingAt(node, file, plugin, ...openRequire)),
    ]);
}

const openRequire: [problem: string, remedy: string] = [
  'The module that this requires is only known at run time, and an artifact contains only modules that are named.',
  'Require each module by name, or through a table of functions; import a module that is not part of the plugin by its URL, `await import(url)`.',
];

function faultOf({ use, isOpen, missing }: UnclearPath, file: string): [string, string] | undefined {
  if (missing !== undefined) {
    if (asks.test(use)) return undefined;
    const path = relativePath(dirname(file), missing);
    return [
      `There is no ${path} beside this file for the artifact to take along, and anything written there is deleted with this version.`,
      'Name a file that is there, or a path that does not depend on where the code is: process.cwd(), or a path that onLoad receives.',
    ];
  }
  if (writes.test(use)) {
    return [
      'This writes beside the code, into the folder of this version, which is deleted with the version.',
      'Write to a path that does not depend on where the code is: process.cwd(), or a path that onLoad receives.',
    ];
  }
  if (lists.test(use) || isOpen) {
    return [
      'The artifact takes along the files that code names beside this one, but the names here are only known at run time.',
      "Name a folder of their own, join(import.meta.dirname, 'views'): everything in it is taken along. Modules are found by imports.",
    ];
  }
  return undefined;
}

function findingAt(node: ts.Node, file: string, plugin: string, problem: string, remedy: string): Finding {
  const source = node.getSourceFile();
  const from = source.getLineAndCharacterOfPosition(node.getStart(source));
  const to = source.getLineAndCharacterOfPosition(node.getEnd());
  return {
    rule: 'bundle',
    plugin,
    file,
    line: from.line + 1,
    column: from.character + 1,
    endLine: to.line + 1,
    endColumn: to.character + 1,
    problem,
    remedy,
  };
}
