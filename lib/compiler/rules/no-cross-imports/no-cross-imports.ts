import { ts } from 'ts-morph';
import { relativePath } from '../../../core/paths.js';
import type { Rule } from '../../rule.js';
import { analyse, importsOf } from '../analysis/analysis.js';
import { markWhole } from './mark-whole.js';
import type { Violation } from '../imports/ownership.js';

/** Refuses the code of other plugins and of the host: a bundled copy would never be reloaded. */
export const noCrossImports: Rule = {
  name: 'no-cross-imports',
  summary: 'refuses to import the code of another plugin or of the host',
  check(plugin, report) {
    const analysis = analyse(plugin);
    for (const { compilerNode: file } of plugin.files) {
      for (const found of importsOf(file, analysis)) {
        const violation = analysis.ownership.violationBy(found);
        if (!violation) continue;
        const { problem, remedy } = problemOf(violation, plugin.folder);
        if (namesOnlyTypes(found.node.parent)) report(found.node, problem, ONLY_TYPES, markWhole(found.node));
        else report(found.node, problem, remedy);
      }
    }
  },
};

const ONLY_TYPES =
  'Write `import type { … }`: with verbatimModuleSyntax, `import { type … }` still imports the module.';

/** Recognises `import { type … }` and `export { type … } from`. */
function namesOnlyTypes(statement: ts.Node): boolean {
  if (ts.isExportDeclaration(statement)) return areTypes(statement.exportClause);
  if (!ts.isImportDeclaration(statement) || statement.importClause?.name) return false;
  return areTypes(statement.importClause?.namedBindings);
}

function areTypes(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (!bindings || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) return false;
  return bindings.elements.length > 0 && bindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

/** Returns the message about a violation; paths are relative to the plugin's folder. */
function problemOf(violation: Violation, folder: string): { problem: string; remedy: string } {
  if (violation.on === 'liveswap') {
    return {
      problem: "This imports the host's side of liveswap, which a plugin cannot run.",
      remedy: 'Import from liveswap/plugin, or only types with `import type`.',
    };
  }
  const { on, name, path } = violation;
  const files = path.map((file) => relativePath(folder, file)).join(' -> ');
  if (on === 'plugin') {
    return {
      problem: `This imports code of plugin ${name} (${files}): the copy that is built in does not change when ${name} does.`,
      remedy: `Call it through \`importPlugin('${name}')\`, take only its types, with \`import type\` or \`export type { … }\`, or move what both need into a shared package.`,
    };
  }
  return {
    problem: `This imports code of the host (${files}; ${relativePath(folder, name)} imports liveswap): the copy that is built in shares no state with the host.`,
    remedy:
      'Reach the host through the extension or the data bag of the vault, or move what both need into a folder or package of its own.',
  };
}
