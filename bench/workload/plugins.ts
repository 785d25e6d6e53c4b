import type { PluginFiles } from './write-plugins.js';

/** What each new edition of an artifact has instead of this; see {@link writeEdition}. */
export const EDITION = 'EDITION-00000000';

/** Answers at once, in the ways that calls are measured in. */
export const herald: PluginFiles = {
  'index.ts': `
import { definePlugin, transfer } from 'liveswap/plugin';

export async function live_salute(): Promise<string> {
  return 'Hail';
}

export async function live_echo(value: unknown): Promise<unknown> {
  return value;
}

export async function live_move(buffer: ArrayBuffer): Promise<ArrayBuffer> {
  return transfer(buffer, [buffer]);
}

const plugin = definePlugin({ exports: { echo: async (value: object): Promise<object> => value } });
export default plugin;
`,
};
