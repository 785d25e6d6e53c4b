import type { CarriedFile } from '../../manifest/files-block.js';
import type { ImportFacts, KeptFacts } from '../../manifest/manifest.js';
import type { ShapeTable } from '../../manifest/shape.js';

/** Declarations of an app's own files by `liveswap/plugin`. */
export interface AppDeclarations {
  readonly imports: readonly ImportFacts[];
  /** State that is kept through releases; `undefined` when there is none. */
  readonly kept: KeptFacts | undefined;
  /** The first place where state is kept, as `file:line`. */
  readonly keptAt?: string;
  /** Types that the facts refer to by name. */
  readonly types: ShapeTable;
  /** Code to append to modules, by absolute path: it registers by name the constants and classes that kept state may refer to. */
  readonly endings: ReadonlyMap<string, string>;
}

export const noDeclarations: AppDeclarations = {
  imports: [],
  kept: undefined,
  types: {},
  endings: new Map(),
};

const MODULE = /\.(?:[cm]?[jt]s|[jt]sx)$|(?:^|\/)[^./]+$/;

/** Returns whether a file may declare something; only such files need the type checker. */
export function mayDeclare({ path, bytes }: CarriedFile): boolean {
  if (!MODULE.test(path)) return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return text.includes('liveswap/plugin') && (text.includes('kept') || text.includes('importPlugin'));
}
