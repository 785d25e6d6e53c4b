import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { build } from '../../../lib/compiler/index.js';
import { sharedFolder } from '../../helpers/shared-folder.js';
import { writeFiles } from '../../helpers/write-plugins.js';
import { otherFiles, signatures } from './signatures.js';

const folder = sharedFolder();
let app: string;

beforeAll(async () => {
  app = folder();
  const plugin = Object.fromEntries(
    signatures.map(({ plugin: code }, index) => [`plugins/guardian/signature-${index}.ts`, code]),
  );
  await writeFiles(app, {
    'package.json': '{ "type": "module" }',
    'plugins/guardian/index.ts': `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`,
    ...plugin,
    ...otherFiles,
    'host.ts': hostCode,
  });
  await linkPackages(join(app, 'node_modules'), ['@types/node', 'undici-types', 'zod']);
  await symlink(process.cwd(), join(app, 'node_modules', 'liveswap'), 'junction');
  await build({ sources: [join(app, 'plugins')], outDir: join(app, 'dist') });
});

const hostCode = `import { LiveData, Swapper } from 'liveswap';
const swapper = new Swapper('dist');
const live = swapper.live();
${signatures.map(({ host }) => `{\n${host}\n}`).join('\n')}
const some: string = 'live_plain';
const untyped: Promise<unknown> = swapper.call(some, 1, 2);
const unknown: Promise<unknown> = swapper.call<string>('live_elsewhere', 1, 2);
// @ts-expect-error: misspelt
void swapper.call('live_plian', 'Thor', 2);
// @ts-expect-error: one argument is missing
void swapper.call('live_plain', 'Thor');
// @ts-expect-error: no number
const number: number = await swapper.call('live_plain', 'Thor', 2);
// @ts-expect-error: misspelt
void live.live_plian;
export { untyped, unknown, number };
`;

async function linkPackages(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await symlink(join(process.cwd(), 'node_modules', name), join(folder, name), 'junction');
  }
}

/** The options that `tsc --init` writes, except skipLibCheck: the stubs are declarations, too. */
const init: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ESNext,
  strict: true,
  skipLibCheck: false,
  noEmit: true,
};

const hosts: readonly (readonly [string, ts.CompilerOptions])[] = [
  [
    'as tsc --init of TypeScript 6 sets it up',
    {
      ...init,
      types: [],
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      noUncheckedSideEffectImports: true,
      moduleDetection: ts.ModuleDetectionKind.Force,
    },
  ],
  ['as tsc --init of TypeScript 5 sets it up', { ...init, esModuleInterop: true, types: ['node'] }],
  [
    'with a bundler and the DOM',
    {
      ...init,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.esnext.d.ts', 'lib.dom.d.ts'],
      types: [],
    },
  ],
  ['without the DOM', { ...init, lib: ['lib.es2023.d.ts'], types: ['node'] }],
];

const parsed = new Map<string, ts.SourceFile | undefined>();

/** Returns TypeScript's errors in a host that has `live.d.ts` in its program. */
function errorsOf(options: ts.CompilerOptions): string[] {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getCurrentDirectory = () => app;
  host.getSourceFile = (name, settings, ...rest) => {
    // The libraries of the language are parsed once for all hosts.
    const isLib = name.includes('/typescript/lib/');
    if (!isLib) return read(name, settings, ...rest);
    if (!parsed.has(name)) parsed.set(name, read(name, ts.ScriptTarget.ESNext, ...rest));
    return parsed.get(name);
  };
  const program = ts.createProgram([join(app, 'host.ts'), join(app, 'dist/live.d.ts')], options, host);
  const own = program
    .getSourceFiles()
    .filter(
      (file) =>
        !file.fileName.includes('/typescript/lib/') && !/\/(?:@types|undici-types|zod)\//.test(file.fileName),
    );
  return own
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map((one) => ts.formatDiagnostic(one, { ...host, getCanonicalFileName: (name) => name }));
}

test('the table has forty signatures', () => {
  expect(signatures.length).toBeGreaterThanOrEqual(40);
});

test.each(hosts)(
  'live.d.ts says of each signature what its author wrote, to a host %s',
  (_title, options) => {
    expect(errorsOf(options)).toEqual([]);
  },
);
