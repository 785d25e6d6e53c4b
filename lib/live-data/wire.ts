import type { Carrier } from '../core/carrier.js';

/** Says that an object is live data and how it is written; raised when the way of writing changes. */
export const LIVE_DATA_FORMAT = 'liveswap/1';

/**
 * Live data as it crosses threads and waits in queues: what is left of a `LiveData` when it is cloned or made
 * JSON. `LiveData.from` and `LiveData.parse` make it live data again.
 */
export interface LiveDataWire<Type extends string = string> {
  /** Marks live data, and names the way in which it is written. */
  readonly liveData: typeof LIVE_DATA_FORMAT;
  /** Name of the live type, when it is data of one. */
  readonly type?: Type | undefined;
  /** The guarded value as text. */
  readonly data: string;
  /** Names the work in which it was made, where calls are traced: the span of who runs it links to that. */
  readonly origin?: Carrier | undefined;
}

/** Marks the class: artifacts bring copies of their own, so `instanceof` cannot tell. */
export const liveDataBrand = Symbol.for('liveswap.LiveData');

/** Returns whether `value` is an instance of any copy of the class `LiveData`. */
export function isLiveDataInstance(value: unknown): value is LiveDataWire {
  return typeof value === 'object' && value !== null && liveDataBrand in value && isLiveDataWire(value);
}

/** Returns whether `value` has the fields of live data: an instance, a clone of one, or one that was read from JSON. */
export function isLiveDataWire(value: unknown): value is LiveDataWire {
  if (typeof value !== 'object' || value === null) return false;
  const wire = value as Partial<Record<keyof LiveDataWire, unknown>>;
  return (
    wire.liveData === LIVE_DATA_FORMAT &&
    typeof wire.data === 'string' &&
    (wire.type === undefined || typeof wire.type === 'string')
  );
}

/** Returns what names the work in which live data was made. It may come from a queue: what is no map of strings is nothing. */
export function originOf({ origin }: LiveDataWire): Carrier | undefined {
  const isUsable =
    typeof origin === 'object' &&
    origin !== null &&
    Object.values(origin).every((value) => typeof value === 'string');
  return isUsable ? origin : undefined;
}
