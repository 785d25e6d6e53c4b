import type { PluginText } from '../../test/helpers/compose-plugin.js';

/** Makes an edition of a plugin. */
export type MakePlugin = (edition: number) => PluginText;

/** An answer, with its givers. */
export interface Answer {
  /** Editions of the plugins that took part, by name. */
  readonly by: Readonly<Record<string, number>>;
  /** Eight hexadecimal digits of the artifact's hash. */
  readonly version: string;
}
