import { resolve } from 'node:path';
import type ts from 'typescript';
import { decorate } from './decorate.js';
import type { JudgeOptions } from './protocol.js';

/** Settings of the plugin, beside its name in `compilerOptions.plugins` of a tsconfig.json. */
export interface EditorSettings {
  /** Plugin folders, or folders that contain them, relative to the folder of the tsconfig.json. Default `["plugins"]`. */
  readonly sources?: readonly string[];
  /** Beginning of the names of live symbols, compared case-insensitively. Default `live_`. */
  readonly livePrefix?: string;
}

/**
 * A plugin of TypeScript's language server that shows what the rules of `liveswap check` find, as one types.
 *
 * @example
 * // tsconfig.json
 * // { "compilerOptions": { "plugins": [{ "name": "liveswap/editor", "sources": ["plugins"] }] } }
 */
export default function liveswapEditor({
  typescript,
}: {
  readonly typescript: typeof ts;
}): ts.server.PluginModule {
  return {
    create: (info) => {
      const folder = info.project.getCurrentDirectory();
      const { sources = ['plugins'], livePrefix } = info.config as EditorSettings;
      const options: JudgeOptions = {
        sources: sources.map((source) => resolve(folder, source)),
        ...(livePrefix !== undefined && { livePrefix }),
      };
      return decorate(typescript, info, options);
    },
  };
}
