import { mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { build, check, type Finding } from '../../../lib/compiler/index.js';
import { noCrossImports } from '../../../lib/compiler/rules/no-cross-imports/no-cross-imports.js';
import { checkRule } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';
import { tempFolder } from '../../helpers/temp-folder.js';
import { writeFiles } from '../../helpers/write-plugins.js';

// Most cases of this rule are in test/fixtures/rules/no-cross-imports; here are those that need a disk, a bundle or options.
const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

describe('no-cross-imports refuses', () => {
  it('a path alias, a package of the workspace, a link in the plugin, and plugins that are not built in the same call', async () => {
    const folder = await tempFolder();
    await writeFiles(folder, {
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          strict: true,
          target: 'es2023',
          types: [],
          paths: { '#plugins/*': ['./plugins/*'] },
        },
      }),
      'package.json': `{ "name": "hall", "type": "module" }`,
      'plugins/armory/index.ts': `${definition}export const swords = 3;\n`,
      'plugins/armory/package.json': `{ "name": "@hall/armory", "type": "module", "exports": "./index.ts" }`,
      'plugins/guardian/index.ts': definition,
      'plugins/guardian/alias.ts': `import { swords } from '#plugins/armory/index.js';\nexport const count = swords;\n`,
      'plugins/guardian/package.ts': `import { swords } from '@hall/armory';\nexport const count = swords;\n`,
      'plugins/guardian/link.ts': `import { swords } from './borrowed/index.js';\nexport const count = swords;\n`,
    });
    await mkdir(join(folder, 'node_modules/@hall'), { recursive: true });
    await symlink(join(folder, 'plugins/armory'), join(folder, 'node_modules/@hall/armory'), 'junction');
    await symlink(join(folder, 'plugins/armory'), join(folder, 'plugins/guardian/borrowed'), 'junction');
    const found = async (sources: string[]) => {
      const error: unknown = await check({ sources }).catch((error: unknown) => error);
      const { findings } = error as { findings: readonly Finding[] };
      return findings.map(
        ({ rule, file, line, problem }) =>
          `${file.slice(folder.length)}:${line} ${rule === 'no-cross-imports' ? rule : problem}`,
      );
    };
    const expected = ['alias', 'link', 'package'].map(
      (name) => `/plugins/guardian/${name}.ts:1 no-cross-imports`,
    );
    expect(await found([join(folder, 'plugins')])).toEqual(expected);
    expect(await found([join(folder, 'plugins/guardian')])).toEqual(expected);
  });

  it('imports used only as types, if the compiler keeps them', async () => {
    const folder = await tempFolder();
    await writeFiles(folder, {
      'tsconfig.json': `{ "compilerOptions": { "module": "esnext", "moduleResolution": "bundler", "verbatimModuleSyntax": true, "types": [] } }`,
      'plugins/armory/index.ts': `${definition}export class Sword { length = 1 }\n`,
      'plugins/guardian/index.ts': `${definition}import { Sword } from '../armory/index.js';\nexport type Blade = Sword;\n`,
      'plugins/guardian/blade.ts': `import { type Sword } from '../armory/index.js';\nexport type Blade = Sword;\n`,
      'plugins/guardian/edge.ts': `export { type Sword } from '../armory/index.js';\n`,
      'plugins/guardian/hilt.ts': `import type { Sword } from '../armory/index.js';\nexport type { Sword };\n`,
    });
    const error: unknown = await check({ sources: [join(folder, 'plugins')] }).catch(
      (error: unknown) => error,
    );
    const { findings } = error as { findings: readonly Finding[] };
    const marked = expect.stringContaining('Write `import type { … }`') as string;
    expect(
      findings.map(({ rule, file, line, remedy }) => [rule, `${basename(file)}:${line}`, remedy]),
    ).toEqual([
      ['no-cross-imports', 'index.ts:3', expect.stringContaining("importPlugin('armory')")],
      ['no-cross-imports', 'blade.ts:1', marked],
      ['no-cross-imports', 'edge.ts:1', marked],
    ]);
  });

  it('imports by the name of the TypeScript file, if the compiler writes another extension', async () => {
    const folder = await tempFolder();
    await writeFiles(folder, {
      'tsconfig.json': `{ "compilerOptions": { "module": "esnext", "moduleResolution": "bundler", "rewriteRelativeImportExtensions": true, "types": [] } }`,
      'plugins/armory/index.ts': `${definition}export const swords = 3;\n`,
      'plugins/guardian/index.ts': `${definition}import { swords } from '../armory/index.ts';\nexport const live_count = async () => swords;\n`,
    });
    await expect(check({ sources: [join(folder, 'plugins')] })).rejects.toMatchObject({
      findings: [{ rule: 'no-cross-imports', line: 3 }],
    });
  });

  it('code that the bundler includes for a name that turns out to be a type, or through JavaScript, unless a comment allows it', async () => {
    const folder = await tempFolder();
    const reexport = `export { ArmoryApi } from '../plugins/armory/index.js';\n`;
    await writeFiles(folder, {
      'package.json': `{ "type": "module" }`,
      'tsconfig.json': `{ "compilerOptions": { "module": "esnext", "moduleResolution": "bundler", "noImplicitAny": false, "types": [] } }`,
      'shared/api.ts': reexport,
      'plugins/armory/index.ts': `${definition}export interface ArmoryApi { sword(): string }\nexport type * from './types.js';\n`,
      'plugins/armory/types.ts': `export interface Axe { weight: number }\n`,
      'plugins/guardian/index.ts': `${definition}export { ArmoryApi } from '../armory/index.js';\n`,
      'plugins/guardian/shared.ts': `import * as api from '../../shared/api.js';\nexport const live_api = async () => Object.keys(api);\n`,
      'plugins/guardian/script.ts': `import { count } from './count.js';\nexport const live_count_swords = async () => count();\n`,
      'plugins/guardian/count.js': `import { swords } from '../smithy/index.js';\nexport const count = () => swords;\n`,
      'plugins/guardian/axe.ts': `export { Axe } from '../armory/types.js';\nexport const live_axe = async () => 1;\n`,
      'plugins/herald/index.ts': `${definition}// liveswap-ignore no-cross-imports: it has no state\nimport { swords } from '../smithy/index.js';\nexport const live_count = async () => swords;\n`,
      'plugins/smithy/index.ts': `${definition}export const swords = 3;\n`,
    });
    const sources = [join(folder, 'plugins')];
    const looks = [() => build({ sources, outDir: join(folder, 'out') }), () => check({ sources })];
    for (const look of looks) {
      const error: unknown = await look().catch((error: unknown) => error);
      const { findings } = error as { findings: readonly Finding[] };
      expect(findings.map(({ rule, file, line }) => `${file.slice(folder.length)}:${line} ${rule}`)).toEqual([
        '/plugins/guardian/index.ts:3 no-cross-imports',
        '/plugins/guardian/script.ts:1 no-cross-imports',
        '/plugins/guardian/shared.ts:1 no-cross-imports',
      ]);
      expect(findings[0]?.remedy).toContain('export type { … }');
      expect(findings[1]?.problem).toContain('(count.js -> ../smithy/index.ts)');
      expect(findings[2]?.problem).toContain('../../shared/api.ts -> ../armory/index.ts');
    }
  });

  it('each of two shared files that import each other, when either brings in code of a plugin', () => {
    const findings = checkRule(
      noCrossImports,
      {
        'index.ts': `import { left } from '../../shared/left.js';\nleft();`,
        'other.ts': `import { right } from '../../shared/right.js';\nright();`,
        '../../shared/left.ts': `import { right } from './right.js';\nimport { swords } from '../plugins/armory/index.js';\nexport const left = () => [right, swords];`,
        '../../shared/right.ts': `import { left } from './left.js';\nexport const right = () => left;`,
        '../armory/index.ts': `${definition}export const swords = ['Excalibur'];`,
      },
      { typecheck: false },
    );
    expect(findings.map(({ at }) => at)).toEqual(['index.ts:1', 'other.ts:1']);
    expect(findings[1]?.problem).toContain(
      '(../../shared/right.ts -> ../../shared/left.ts -> ../armory/index.ts)',
    );
  });

  it('with the plugin and the way to it', () => {
    const [finding] = checkRule(
      noCrossImports,
      {
        'index.ts': `import { count } from '../../shared/deep.js';\ncount();`,
        '../../shared/deep.ts': `import { swords } from './bridge.js';\nexport const count = () => swords.length;`,
        '../../shared/bridge.ts': `export { swords } from '../plugins/armory/index.js';`,
        '../armory/index.ts': `${definition}export const swords = ['Excalibur'];`,
      },
      { typecheck: false },
    );
    expect(finding).toMatchObject({
      code: `'../../shared/deep.js'`,
      problem:
        'This imports code of plugin armory (../../shared/deep.ts -> ../../shared/bridge.ts -> ../armory/index.ts): the copy that is built in does not change when armory does.',
    });
    expect(finding?.remedy).toContain(`importPlugin('armory')`);
  });
});

it('no-cross-imports accepts own files that come back through the folder above', () => {
  const sources = {
    'index.ts': `import { own } from '../guardian/own.js';\nexport { own };`,
    'own.ts': 'export const own = 1;',
  };
  expect(checkRule(noCrossImports, sources)).toEqual([]);
});

testRulePage(noCrossImports);
