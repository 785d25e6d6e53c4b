import { ts } from 'ts-morph';
import type { LiveSymbol } from '../collect/live-symbols.js';
import type { PluginFacts } from '../collect/plugin-facts.js';
import type { Manifest } from '../../manifest/manifest.js';
import { memberName } from '../../manifest/shape-text.js';
import { relativePath } from '../../core/paths.js';
import { docOf } from './declaration-text.js';
import type { EmittedModules } from './emitted-modules.js';
import { liveMember, localName, type LiveMember } from './live-member.js';
import { positionMark, takeMarks, type Mapping } from './position-marks.js';
import { shapedFunction, shapedType, shapedTypes } from './shaped-member.js';
import { typeEntryText } from './type-entry.js';
import { spaceName } from './space-name.js';
import { ownNames, spaceText } from './space-text.js';
import { TypeSources } from './type-sources.js';
import { TypeSpace } from './type-space.js';
import { Unsayable } from './unsayable.js';

/** Part of `live.d.ts` for one plugin. */
export interface PluginStubs {
  /** Complete statements. */
  readonly text: string;
  /** Declarations of the names in the text. */
  readonly mappings: readonly Mapping[];
  /** True when the text names types that Node's types declare. */
  readonly usesNode: boolean;
}

/** Facts about a plugin from which its stubs are made. */
export interface StubbedPlugin {
  readonly name: string;
  readonly live: readonly LiveSymbol[];
  readonly facts: Pick<PluginFacts, 'liveFunctions' | 'liveTypes' | 'types'>;
  readonly program: ts.Program;
  /** Types of the plugin's program. */
  readonly modules: EmittedModules;
  /** The folder into which the stubs are written. */
  readonly outDir: string;
}

/**
 * Writes the types of a plugin's live symbols as TypeScript emits them; types that cannot be emitted are written from their
 * shapes.
 */
export function pluginStubs(plugin: StubbedPlugin): PluginStubs {
  let reserved: readonly string[] = [];
  for (;;) {
    const sources = new TypeSources(plugin.program, plugin.modules, plugin.outDir);
    const space = new TypeSpace(spaceName(plugin.name), [...ownNames, ...reserved], sources);
    const text = emittedText(plugin, space, sources);
    // A type of the plugin may have the name of a global type that is mentioned, too.
    const hidden = [...sources.globals].filter((name) => space.has(name) && !ownNames.includes(name));
    if (hidden.length === 0) {
      const { text: clean, mappings } = takeMarks(text);
      const shown = mappings.map((one) => ({ ...one, source: relativePath(plugin.outDir, one.source) }));
      return { text: clean, mappings: shown, usesNode: sources.usesNode };
    }
    reserved = [...reserved, ...hidden];
  }
}

/** Returns the stubs of a plugin's live symbols as far as the manifest alone tells. */
export function manifestStubs({ name, liveFunctions, liveTypes, types }: ManifestFacts): PluginStubs {
  const functions = liveFunctions.map((one) => shapedFunction(one, types));
  const entries = liveTypes.map((one) => shapedType(one, types));
  const text = spaceText(spaceName(name), {
    imports: [],
    declarations: [],
    functions: [],
    types: [],
    overloads: [],
    shapes: { declarations: shapedTypes(types, [...functions, ...entries]), functions, types: entries },
  });
  return { text, mappings: [], usesNode: false };
}

type ManifestFacts = Pick<Manifest, 'name' | 'liveFunctions' | 'liveTypes' | 'types'>;

function emittedText(plugin: StubbedPlugin, space: TypeSpace, sources: TypeSources): string {
  const { name, live, facts } = plugin;
  const members: LiveMember[] = [];
  const entries: string[] = [];
  const shapedFunctions: string[] = [];
  const shapedEntries: string[] = [];
  for (const symbol of live) {
    const mark = positionMark(symbol.declaration);
    if (symbol.kind === 'function') {
      const member = space.attempt(() => documented(symbol, plugin, space, sources));
      const said = facts.liveFunctions.find((one) => one.name === symbol.name);
      if (member) members.push(member);
      else if (said) shapedFunctions.push(shapedFunction(said, facts.types, mark));
      continue;
    }
    const said = facts.liveTypes.find((one) => one.name === symbol.name);
    if (!said) continue;
    const needed = said.fields.filter(({ bare, optional }) => bare && !optional).map((field) => field.name);
    const entry = space.attempt(() => typeEntry(symbol, needed, space, sources));
    if (entry !== undefined) entries.push(entry);
    else shapedEntries.push(shapedType(said, facts.types, mark));
  }
  return spaceText(spaceName(name), {
    imports: space.imports,
    declarations: space.declarations,
    functions: members.map(({ text }) => text),
    types: entries,
    overloads: members.flatMap((member) => member.overloads),
    shapes: {
      declarations: shapedTypes(facts.types, [...shapedFunctions, ...shapedEntries]),
      functions: shapedFunctions,
      types: shapedEntries,
    },
  });
}

function documented(
  symbol: LiveSymbol,
  plugin: StubbedPlugin,
  space: TypeSpace,
  sources: TypeSources,
): LiveMember {
  const module = sources.moduleOf(symbol.file.getFilePath());
  const liveTypes = new Set(plugin.facts.liveTypes.map(({ name }) => name));
  const member = liveMember(symbol, module, space, liveTypes);
  const file = plugin.facts.liveFunctions.find(({ name }) => name === symbol.name)?.file ?? '';
  return member.text.startsWith('/**')
    ? member
    : { ...member, text: `/** Of ${plugin.name}, in ${file}. */\n${member.text}` };
}

/** Returns `Live_Fire: LiveType<…>`: its fields, those without a default, and the result of `handle()`. */
function typeEntry(
  symbol: LiveSymbol,
  needed: readonly string[],
  space: TypeSpace,
  sources: TypeSources,
): string {
  const module = sources.moduleOf(symbol.file.getFilePath());
  const local = localName(symbol);
  const [declaration] = module.declarationsOf(local) ?? [];
  if (!declaration || !ts.isClassDeclaration(declaration)) throw new Unsayable(symbol.name);
  const handle = declaration.members.find(
    (member) => ts.isMethodDeclaration(member) && member.name.getText(module.file) === 'handle',
  );
  const type = handle && ts.isMethodDeclaration(handle) ? handle.type : undefined;
  const value = space.declare(module, local);
  const result = type ? `Awaited<${space.text(type, module)}>` : 'unknown';
  const name = `${positionMark(symbol.declaration)}${memberName(symbol.name)}`;
  return `${docOf(declaration, module)}${name}: ${typeEntryText(value, needed, result)};`;
}
