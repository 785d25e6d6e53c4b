import type { PluginText } from './compose-plugin.js';

/** Returns a plugin that answers with its own release and the releases of all its imports, and counts its calls in memory. */
export function tower(name: string, release: number, imports: readonly string[]): PluginText {
  const asked = imports.map((one) => `...(await callImport("${one}", "releases", []))`).join(', ');
  return {
    name,
    imports,
    module: `let calls = 0;\nconst releases = async () => ({ ${name}: ${release}, ${asked} });`,
    exports: { releases: 'releases' },
    live: { [`live_${name}`]: 'releases', [`live_${name}_calls`]: '() => ++calls' },
  };
}
