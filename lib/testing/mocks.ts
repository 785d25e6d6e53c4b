import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactFileName, composeArtifact } from '../manifest/artifact.js';

/** Stand-ins for plugins: functions by plugin and by name. */
export type Mocks = Readonly<Record<string, Readonly<Record<string, (...args: never[]) => unknown>>>>;

/** The method of the extension that a mocked plugin calls. */
export const MOCK_METHOD = 'liveswapMock';

/**
 * Writes an artifact that passes every call of a mocked plugin to the test. Names that begin with `live_` are live functions, all
 * others are exports; importers are not checked against it.
 */
export async function writeMocks(mocks: Mocks, folder: string): Promise<void> {
  await Promise.all(
    Object.entries(mocks).map(async ([plugin, functions]) => {
      const names = Object.keys(functions);
      const live = names.filter((name) => /^live_/i.test(name));
      const facts = {
        name: plugin,
        rules: 0,
        liveFunctions: live.map((name) => ({
          name,
          file: 'mock',
          line: 1,
          signature: 'unknown',
          idempotent: false,
        })),
        liveTypes: [],
        imports: [],
      };
      const code = mockCode(
        plugin,
        live,
        names.filter((name) => !live.includes(name)),
      );
      await writeFile(join(folder, artifactFileName(plugin)), composeArtifact(facts, Buffer.from(code)));
    }),
  );
}

/** Returns a function that answers calls of the mocked plugins in the host. @throws Error when a call is not mocked */
export function mockAnswerer(mocks: Mocks): (plugin: string, name: string, args: unknown[]) => unknown {
  return (plugin, name, args) => {
    const mock = mocks[plugin]?.[name] as ((...given: unknown[]) => unknown) | undefined;
    if (!mock) throw new Error(`The mock of ${plugin} has no ${name}.`);
    return mock(...args);
  };
}

function mockCode(plugin: string, live: readonly string[], exports: readonly string[]): string {
  const table = (names: readonly string[]): string =>
    names.map((name) => `${JSON.stringify(name)}: ask(${JSON.stringify(name)})`).join(', ');
  return `let host;
export const bind = (bound) => void (host = bound);
const ask = (name) => (...args) => host.vault.extension.${MOCK_METHOD}(${JSON.stringify(plugin)}, name, args);
export const plugin = { exports: { ${table(exports)} } };
export const liveFunctions = { ${table(live)} };
export const liveTypes = {}, symbols = {};
`;
}
