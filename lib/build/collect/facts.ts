import { Node, TypeFormatFlags } from 'ts-morph';
import type { LiveFunctionFacts, LiveTypeFacts } from '../../manifest/manifest.js';
import { hashOf } from '../../manifest/hash.js';
import { relativePath } from '../entry.js';
import type { LiveSymbol } from './live-symbols.js';

const asText = TypeFormatFlags.NoTruncation | TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;

/** What the manifest says of the live functions. */
export function liveFunctionFacts(folder: string, live: readonly LiveSymbol[]): LiveFunctionFacts[] {
  return live
    .filter(({ kind }) => kind === 'function')
    .map(({ name, file, node }) => ({
      name,
      file: relativePath(folder, file.getFilePath()),
      line: node.getStartLineNumber(),
      signature: node.getType().getText(node, asText),
      idempotent: hasTag(node, 'idempotent'),
    }));
}

/** What the manifest says of the live types. */
export function liveTypeFacts(folder: string, live: readonly LiveSymbol[]): LiveTypeFacts[] {
  return live
    .filter(({ kind }) => kind === 'type')
    .map(({ name, file, node }) => {
      const members = Node.isClassDeclaration(node) ? node.getType().getProperties() : [];
      const fields = members
        .filter((member) => member.getDeclarations().some(Node.isPropertyDeclaration))
        .map((member) => ({
          name: member.getName(),
          type: member.getTypeAtLocation(node).getText(node, asText),
          optional: member.isOptional(),
        }));
      return {
        name,
        file: relativePath(folder, file.getFilePath()),
        line: node.getStartLineNumber(),
        fields,
        fingerprint: hashOf(JSON.stringify(fields)).slice(0, 8),
        handles: members.some((member) => member.getName() === 'handle'),
      };
    });
}

function hasTag(node: Node, tag: string): boolean {
  const documented = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node;
  return (
    Node.isJSDocable(documented) &&
    documented.getJsDocs().some((doc) => doc.getTags().some((found) => found.getTagName() === tag))
  );
}
