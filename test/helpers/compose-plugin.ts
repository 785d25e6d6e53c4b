import { join } from 'node:path';
import { artifactFileName, composeArtifact } from '../../lib/manifest/artifact.js';
import type { AffinityFacts, MethodFacts, UseFacts } from '../../lib/manifest/manifest.js';
import type { FunctionShape, Shape } from '../../lib/manifest/shape.js';
import { writeAtomically } from '../../lib/manifest/write-atomically.js';

/** The source text of functions, by name: `{ live_salute: '(name) => `Hail ${name}`' }`. */
export type FunctionTexts = Readonly<Record<string, string>>;

/** A plugin in plain JavaScript. Its code sees `context`, `callImport`, `transfer` and `lifetimeOf`. */
export interface PluginText {
  readonly name: string;
  readonly live?: FunctionTexts;
  /** Names of the live functions that are `@idempotent`. */
  readonly idempotent?: readonly string[];
  /** Places of the keys of functions that are `@affinity`, by name. */
  readonly affinity?: Readonly<Record<string, AffinityFacts>>;
  /** Shape of each live function's only parameter; functions that are not named here are not compared. */
  readonly takes?: Readonly<Record<string, Shape>>;
  /** The live functions that its code calls, of any plugin, and what it passes where that is known. */
  readonly uses?: readonly Pick<UseFacts, 'name' | 'args'>[];
  readonly exports?: FunctionTexts;
  readonly functions?: FunctionTexts;
  /** Only one version runs at a time. */
  readonly exclusive?: boolean;
  /** Names of its functions, of all kinds, that are `@readonly`. */
  readonly readonly?: readonly string[];
  /** `reloadable`, `onLoad`, `onInit`, `onFree`; also `exports`, which then are only known at run time. */
  readonly hooks?: FunctionTexts;
  /** Text of `http` in its definition. */
  readonly http?: string;
  /** Its imports: `callImport('armory', 'sword', [])`. */
  readonly imports?: readonly (string | ImportText)[];
  /** Classes of live types. */
  readonly types?: FunctionTexts;
  /** Exported symbols of the root module. */
  readonly symbols?: FunctionTexts;
  /** Code of the module, outside every function. */
  readonly module?: string;
}

/** A plugin that is imported, and the methods of it that are used. */
export interface ImportText {
  readonly plugin: string;
  readonly methods: readonly MethodFacts[];
}

/** Returns the bytes of the artifact that the build would make of a plugin, without a build: many tests need many artifacts. */
export function composePlugin(text: PluginText): Buffer {
  const { name, live = {}, idempotent = [], exports = {}, functions = {}, hooks = {}, imports = [] } = text;
  const { types = {}, affinity = {} } = text;
  const tagsOf = (one: string): { readonly affinity?: AffinityFacts; readonly readonly?: true } => ({
    ...(affinity[one] && { affinity: affinity[one] }),
    ...(text.readonly?.includes(one) && { readonly: true }),
  });
  const body = `
let host;
export const bind = (bound) => { host = bound; };
const context = new Proxy({}, { get: (_target, key) => host[key] });
const callImport = (plugin, method, args) => host.callImport(plugin, method, args);
const transfer = (value, list) => host.transfer(value, list);
const lifetimeOf = (callback) => host.lifetimeOf(callback);
${text.module ?? ''}
export const liveFunctions = ${tableOf(live)};
export const liveTypes = ${tableOf(types)};
export const plugin = { exports: ${tableOf(exports)}, functions: ${tableOf(functions)}, ...${tableOf(hooks)}${text.http === undefined ? '' : `, http: ${text.http}`} };
export const symbols = { default: plugin, ...${tableOf(text.symbols ?? {})} };
`;
  const at = { file: 'index.ts', line: 1 };
  return composeArtifact(
    {
      name,
      rules: 0,
      liveFunctions: Object.keys(live).map((one) => ({
        name: one,
        ...at,
        signature: '(...args: never[]) => unknown',
        idempotent: idempotent.includes(one),
        ...tagsOf(one),
        ...(text.takes?.[one] && { shape: taking(text.takes[one]) }),
      })),
      liveTypes: Object.keys(types).map((one) => ({
        name: one,
        ...at,
        fields: [],
        fingerprint: '00000000',
        handles: true,
      })),
      imports: imports.map((one) =>
        typeof one === 'string' ? { plugin: one, ...at, methods: [] } : { ...one, ...at },
      ),
      ...(!('exports' in hooks) && {
        exports: Object.keys(exports).map((method) => ({ name: method, ...tagsOf(method) })),
      }),
      functions: Object.keys(functions).map((method) => ({ name: method, ...tagsOf(method) })),
      ...(text.exclusive && { exclusive: true }),
      ...(text.uses && { uses: text.uses.map((one) => ({ ...one, ...at })) }),
    },
    Buffer.from(body),
  );
}

/** Writes the artifacts of plugins into `folder`, as a deploy does. */
export async function deploy(folder: string, ...plugins: readonly PluginText[]): Promise<void> {
  for (const plugin of plugins)
    await writeAtomically(join(folder, artifactFileName(plugin.name)), composePlugin(plugin));
}

function taking(shape: Shape): FunctionShape {
  return { kind: 'function', calls: [{ parameters: [{ name: 'given', shape }], result: 'any' }] };
}

function tableOf(texts: FunctionTexts): string {
  const entries = Object.entries(texts).map(([name, text]) => `  ${JSON.stringify(name)}: ${text},\n`);
  return `{\n${entries.join('')}}`;
}
