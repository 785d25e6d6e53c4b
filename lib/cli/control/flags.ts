import type { TargetFlags } from './choose-swapper.js';

/** Flags of every command that prints. */
export interface PrintFlags {
  readonly json?: boolean;
}

/** Flags of every command that targets one swapper. */
export type ControlFlags = TargetFlags & PrintFlags;
/** Flags of the commands that change the generation. */
export type ChangeFlags = ControlFlags & { readonly wait?: boolean; readonly dropKept?: boolean };
/** Flags of `liveswap reload`. */
export type ReloadFlags = ChangeFlags & { readonly force?: boolean | string[] };
