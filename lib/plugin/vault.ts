import type { LiveDataWire } from '../live-data/wire.js';
import type { LiveHandled } from '../live-data/live-names.js';
import type { LiveCall, LiveTable } from './live-call.js';

/**
 * A map that the host and every plugin share and that outlives every version. Values are cloned; `SharedArrayBuffer`s are shared.
 */
export interface DataBag {
  /** Resolves to the value; `undefined` when the key is not there. */
  get(key: string): Promise<unknown>;
  /** Writes a value. @throws LiveswapError `NOT_CLONEABLE` */
  set(key: string, value: unknown): Promise<void>;
  /** Resolves to whether the key is there. */
  has(key: string): Promise<boolean>;
  /** Resolves to whether the key was there. */
  delete(key: string): Promise<boolean>;
  /** Resolves to all keys. */
  keys(): Promise<string[]>;
  /**
   * Replaces a value by the result of `change`; `undefined` deletes the key. Resolves to the written value. Other writers do not
   * wait while `change` runs: if they write the key meanwhile, it is called again with the new value. It may therefore run
   * several times, even once more at the end of a reload, and should have no other effect.
   * @throws the error that `change` throws; `NOT_CLONEABLE`
   */
  update<Value = unknown>(
    key: string,
    change: (current: Value | undefined) => Value | undefined | Promise<Value | undefined>,
  ): Promise<Value | undefined>;
}

/** Function that {@link DataBag.update} takes, of any type. */
export type BagUpdate = (current: unknown) => unknown;

/** The live functions, the data and the extension that the plugins of a generation share. */
export interface Vault {
  /** Calls a live function of any plugin, in its newest version. */
  readonly call: LiveCall;
  /** Revives live data, or the JSON text of it, as its newest class, in the plugin that owns it now, and runs its `handle()`. */
  run<Type extends string = string>(data: LiveDataWire<Type> | string): Promise<LiveHandled<Type>>;
  /**
   * The live functions as methods: `vault.live.live_salute()`; typed by `live.d.ts`, or by hand,
   * `vault.live<Live>().live_salute()`.
   */
  readonly live: LiveTable & (<Live extends object = LiveTable>() => Live);
  /** The map that the host and every plugin share. */
  readonly dataBag: DataBag;
  /** The host's own object with its methods async, as the option `extension` returned it for this generation. */
  readonly extension: unknown;
}
