import { artifactFileName, type Artifact } from '../manifest/artifact.js';

/** Names of the files that link plugins statically. */
export const STATIC_FILES = { module: 'static-plugins.mjs', types: 'static-plugins.d.mts' } as const;

/** Returns the name of the folder beside an artifact for the files that it carries. */
export function filesFolderName(plugin: string): string {
  return `${plugin}.files`;
}

/** Returns a module that imports artifacts by name, for a swapper's option `static`. */
export function staticModule(artifacts: readonly Pick<Artifact, 'manifest' | 'hash'>[]): string {
  const imports = artifacts.map(
    ({ manifest }, index) =>
      `import * as plugin${index} from ${JSON.stringify(`./${artifactFileName(manifest.name)}`)};`,
  );
  const entries = artifacts.map(
    ({ manifest, hash }, index) =>
      `  ${JSON.stringify(manifest.name)}: { module: plugin${index}, manifest: ${JSON.stringify(manifest)}, hash: '${hash}' },`,
  );
  return [
    '// Written by `liveswap build --static`, over again each time.',
    ...imports,
    'export const plugins = {',
    ...entries,
    '};',
    'export default plugins;',
    '',
  ].join('\n');
}

/** Returns the types of {@link staticModule}. */
export const staticTypes = `// Written by \`liveswap build --static\`.
import type { StaticPlugins } from 'liveswap';
export declare const plugins: StaticPlugins;
export default plugins;
`;
