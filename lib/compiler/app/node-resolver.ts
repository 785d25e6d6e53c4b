import { build, type PluginBuild, type ResolveOptions, type ResolveResult } from 'esbuild';

/**
 * Resolves imports as Node does, ignoring `paths` of any tsconfig.json. esbuild resolves only within a build, and only a whole
 * build can ignore tsconfig.json. So the resolver runs a build that begins with the first request and ends when the resolver is
 * closed.
 */
export class NodeResolver {
  #begun: { readonly esbuild: Promise<PluginBuild>; readonly end: () => Promise<void> } | undefined;

  async resolve(path: string, options: ResolveOptions): Promise<ResolveResult> {
    this.#begun ??= begin();
    return (await this.#begun.esbuild).resolve(path, options);
  }

  /** Ends the build. Idempotent; a later request starts another build. */
  async close(): Promise<void> {
    const begun = this.#begun;
    this.#begun = undefined;
    await begun?.end();
  }
}

function begin(): { readonly esbuild: Promise<PluginBuild>; readonly end: () => Promise<void> } {
  let isOver!: () => void;
  const over = new Promise<void>((resolve) => (isOver = resolve));
  let hasBegun!: (esbuild: PluginBuild) => void;
  const esbuild = new Promise<PluginBuild>((resolve) => (hasBegun = resolve));
  const built = build({
    stdin: { contents: '' },
    write: false,
    bundle: true,
    platform: 'node',
    conditions: [],
    tsconfigRaw: {},
    logLevel: 'silent',
    plugins: [
      {
        name: 'liveswap-node-resolver',
        setup: (asked) =>
          asked.onStart(() => {
            hasBegun(asked);
            return over;
          }),
      },
    ],
  });
  return {
    esbuild: Promise.race([esbuild, built.then(() => esbuild)]),
    end: async () => {
      isOver();
      await built;
    },
  };
}
