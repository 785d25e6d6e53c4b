import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { startupSnapshot } from 'node:v8';
import tsMorph, { type ts } from 'ts-morph';
import { isWithin } from '../../core/paths.js';
import { changeParser, parseDeclarations } from '../parse-declarations.js';
import { isInCompiler, leaveCompiler } from './loaded-compiler.js';

// Runs in the process of which a snapshot is made, bundled into one file: such a process cannot load packages.

const libraries = new Map<string, ts.SourceFile>();

/** A plugin as many are written. What has run here has been compiled in each process that begins with the snapshot. */
const SAMPLE = `
  import { definePlugin, every, kept } from './index.js';
  export interface Player { readonly id: string; gold: number; tags?: readonly string[] }
  type Change<T> = { [K in keyof T]?: T[K] extends string ? \`\${T[K]}!\` : T[K] };
  const limits = { gold: 100, names: ['a', 'b'] } as const satisfies Record<string, unknown>;
  class Vault<T extends Player> {
    readonly #players = new Map<string, T>();
    constructor(private readonly most = limits.gold) {}
    get size(): number { return this.#players.size; }
    put({ id, ...rest }: T): this { this.#players.set(id, { id, ...rest } as T); return this; }
    *richest(): Generator<T> { for (const [, one] of this.#players) if (one.gold > this.most) yield one; }
  }
  const paid = kept('paid', () => new Map<string, number>());
  export async function live_pay(player: Player, change: Change<Player> = {}): Promise<{ id: string; gold: number }[]> {
    const vault = new Vault<Player>().put({ ...player, ...(change as Player) });
    try {
      switch (vault.size) {
        case 0: throw new Error('none');
        default: return [...vault.richest()].map(({ id, gold }) => ({ id, gold: gold ?? 0 }));
      }
    } catch (error) {
      return error instanceof Error ? [] : await Promise.all([]);
    }
  }
  export default definePlugin({ onInit: () => every(1_000, () => paid.clear()) });`;

// The path of the types of liveswap/plugin, which each plugin imports, and of a list of declarations; if it is empty, those that the
// compiler has by default are meant.
const [, , pluginTypes = '', list = ''] = process.argv;
const wanted = JSON.parse(readFileSync(list, 'utf8')) as readonly string[];
const packaged = wanted.filter((path) => !isInCompiler(path));
const own = wanted.filter(isInCompiler).map((path) => basename(path));

const { Project, ScriptTarget } = tsMorph;
const project = new Project({
  compilerOptions: {
    target: ScriptTarget.ESNext,
    ...(own.length > 0 && { lib: own }),
    strict: true,
    declaration: true,
    skipLibCheck: true,
    types: [],
  },
});
const ourTypes = dirname(dirname(pluginTypes));
const isWanted = new Set(packaged.map((path) => resolve(path)));
changeParser(project, (parse) => (file, options, text, kind) => {
  if (!/\.d\.[cm]?ts$/.test(file)) return parse(file, options, text, kind);
  const parsed = parseDeclarations(file, options, text, kind);
  // What no build has read would only make the snapshot larger.
  if (isInCompiler(file) || isWithin(file, ourTypes) || isWanted.has(resolve(file)))
    libraries.set(file, parsed);
  return parsed;
});
project.createSourceFile(join(dirname(pluginTypes), 'sample.ts'), SAMPLE);
for (const path of packaged) project.addSourceFileAtPathIfExists(path);
project.getPreEmitDiagnostics();
project.emitToMemory({ emitOnlyDtsFiles: true });

leaveCompiler({ tsMorph, libraries });

startupSnapshot.setDeserializeMainFunction(() => {
  const [, begin = ''] = process.argv;
  process.getBuiltinModule('node:module').createRequire(begin)(begin);
});
