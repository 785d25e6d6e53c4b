import { fileURLToPath } from 'node:url';
import { Node, Project } from 'ts-morph';
import { expect, test } from 'vitest';
import { entryPoints } from '../helpers/entry-points.js';

const root = new URL('../../', import.meta.url);

/** Lists the exports of an entry point as its users see them: every declaration without its comments, by name. */
function reportOf(entry: string, types: string): string {
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    compilerOptions: { removeComments: true },
  });
  const file = project.addSourceFileAtPath(fileURLToPath(new URL(types, root)));
  const declarations = [...file.getExportedDeclarations()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, nodes]) => nodes.map((node) => `// ${name}\n${textOf(node)}`));
  return `# \`${entry}\`\n\nEverything it exports. A change here is a change for every user.\n\n\`\`\`ts\n${declarations.join('\n\n')}\n\`\`\`\n`;
}

function textOf(node: Node): string {
  const statement = Node.isVariableDeclaration(node) ? node.getVariableStatementOrThrow() : node;
  return statement
    .getText()
    .replaceAll(/\/\*\*[^]*?\*\/\s*/g, '')
    .replace(/^export (default )?(declare )?/, '');
}

test.each(await entryPoints())(
  'the exports of %s are those of the report, which was reviewed',
  async (entry, types) => {
    const page = `${entry.replace('/', '-')}.md`;
    await expect(reportOf(entry, types)).toMatchFileSnapshot(`../../docs/api/${page}`);
  },
);
