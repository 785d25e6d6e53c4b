import type { TargetFlags } from './choose-swapper.js';

/** Flags of every command of the control socket. */
export type ControlFlags = TargetFlags & { readonly json?: boolean };
/** Flags of the commands that change the generation. */
export type ChangeFlags = ControlFlags & { readonly wait?: boolean; readonly dropKept?: boolean };
/** Flags of `liveswap reload`. */
export type ReloadFlags = ChangeFlags & { readonly force?: boolean | string[] };
