import { posix, resolve } from 'node:path';
import type { Message, Metafile } from 'esbuild';
import { findingOf } from '../diagnostics/esbuild-messages.js';
import type { Finding } from '../rule.js';
import { filesFolderName } from '../static-module.js';
import { adaptedIn } from './adapted-packages.js';
import { withHome, withOpenEndings, withoutUnusedBanner } from './banner.js';
import type { BundledFile } from './bundled-file.js';
import type { Cargo } from './carried-files.js';
import { withQuietNames } from './kept-names.js';
import { largestInputs, type LargeInput } from './largest-inputs.js';
import type { OutsidePackage } from './outside-packages.js';
import { nameOwnModules, nameOwnSources } from './own-modules.js';
import type { Recipe } from './recipe.js';
import { openPeers } from './survey.js';

/** The code of an artifact and the files it was made of, or the reasons why there is none. */
export type Bundle = MadeBundle | { readonly state: 'refused'; readonly findings: readonly Finding[] };

export interface MadeBundle {
  readonly state: 'bundled';
  readonly body: Buffer;
  /** Place of the code among the files that it carries, if it carries any. */
  readonly filesAt: string | undefined;
  readonly inputs: readonly string[];
  readonly warnings: readonly Finding[];
  readonly outside: readonly OutsidePackage[];
  readonly largest: readonly LargeInput[];
  readonly adapted: readonly string[];
  /** Optional packages that are not installed. */
  readonly unresolved: readonly string[];
}

/** The output of esbuild by a recipe, with the files that the code carries. */
interface Product {
  readonly code: string;
  /** Source map; empty when there is none. */
  readonly map: string;
  readonly metafile: Metafile;
  readonly files: readonly BundledFile[];
  readonly warnings: readonly Message[];
  readonly recipe: Recipe;
  readonly cargo: Cargo | undefined;
}

/** The plugin of a bundle, and the folder of its artifact. */
interface Origin {
  readonly name: string;
  readonly folder: string;
  readonly outDir: string;
}

/** Composes the body of an artifact: it follows the first line, and ends with the source map and the files that it carries. */
export function composeBundle(product: Product, plugin: Origin): MadeBundle {
  const { code, map, metafile, files, warnings, recipe, cargo } = product;
  const { name, folder, outDir } = plugin;
  const plain = withQuietNames(withoutUnusedBanner(withOpenEndings(nameOwnModules(code, folder))));
  const placed = cargo ? withHome(plain, posix.join(filesFolderName(name), cargo.at)) : plain;
  const comment = map && `${sourceMapComment(nameOwnSources(map, resolve(outDir)))}\n`;
  return {
    state: 'bundled',
    body: Buffer.from(`${placed.slice(placed.indexOf('\n') + 1)}${comment}${cargo?.block ?? ''}`),
    filesAt: cargo?.at,
    inputs: [...files.map(({ file }) => file), ...(cargo?.sources ?? [])],
    warnings: warnings.map((message) => findingOf(message, plugin)),
    outside: outsideOf(recipe),
    largest: largestInputs(metafile, folder),
    adapted: adaptedIn(metafile),
    unresolved: [...recipe.unresolved],
  };
}

function outsideOf({ outside, asking }: Recipe): OutsidePackage[] {
  const peers = [...openPeers(asking)].filter(([name]) => !outside.has(name));
  return [
    ...Array.from(outside, ([name, { reason, isNeeded }]) => ({ name, reason, isNeeded })),
    ...peers.map(([name, reason]) => ({ name, reason, isNeeded: false })),
  ];
}

function sourceMapComment(map: string): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}
