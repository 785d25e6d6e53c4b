import type { Manifest } from '../manifest/manifest.js';
import { memberName, shapeText } from '../manifest/shape-text.js';
import type { FunctionShape, Shape } from '../manifest/shape.js';

/** The name of the file with the typed live functions. */
export const STUBS_FILE = 'live.d.ts';

/** TypeScript for `swapper.live<LiveFunctions>()`: every live function as a host calls it, and nothing to import. */
export function liveStubs(manifests: readonly Manifest[]): string {
  const sorted = [...manifests]
    .filter(({ liveFunctions }) => liveFunctions.length > 0)
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const spaces = sorted.map((manifest, index) => ({ manifest, space: `plugin${index}` }));
  return [
    '// Written by `liveswap build`, over again each time.\n',
    '/** The live functions of the plugins in this folder: `swapper.live<LiveFunctions>()`. */',
    `export interface LiveFunctions${extendsOf(spaces.map(({ space }) => `${space}.Functions`))} {}\n`,
    ...spaces.map(({ manifest, space }) => namespaceOf(manifest, space)),
    'export {};\n',
  ].join('\n');
}

function extendsOf(bases: readonly string[]): string {
  return bases.length > 0 ? ` extends ${bases.join(', ')}` : '';
}

/** A plugin's declared types are its own: another one may call a type the same. */
function namespaceOf({ name: plugin, liveFunctions, types = {} }: Manifest, space: string): string {
  const declared = Object.entries(types).map(([name, shape]) => `  type ${name} = ${shapeText(shape)};\n`);
  const functions = liveFunctions.map(({ name, file, signature, shape, idempotent }) => {
    const note = idempotent ? ' May be retried.' : '';
    const text = shape ? shapeText(promised(shape)) : signature;
    return `    /** Of ${plugin}, in ${file}.${note} */\n    ${memberName(name)}: ${text};\n`;
  });
  return `declare namespace ${space} {\n${declared.join('')}  interface Functions {\n${functions.join('')}  }\n}\n`;
}

/** A live function as callers write it down: each call is a promise. */
export function promised({ calls }: FunctionShape): FunctionShape {
  const promise = (result: Shape): Shape => ({ kind: 'platform', name: 'Promise', args: [result] });
  return { kind: 'function', calls: calls.map((call) => ({ ...call, result: promise(call.result) })) };
}
