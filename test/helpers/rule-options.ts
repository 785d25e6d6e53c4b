import { join, resolve } from 'node:path';
import { ts } from 'ts-morph';

export const repository = resolve(import.meta.dirname, '../..');

/** Compiler options for tests that check plugins in memory. Each test says where packages have their types. */
export const ruleOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  esModuleInterop: true,
  types: ['node'],
  paths: {
    'liveswap/plugin': [join(repository, 'lib/plugin/index.ts')],
    'liveswap/http/plugin': [join(repository, 'lib/http/plugin/index.ts')],
    'liveswap/stores': [join(repository, 'lib/stores/index.ts')],
  },
  resolveJsonModule: true,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
} satisfies ts.CompilerOptions;
