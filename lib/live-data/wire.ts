import type { Carrier } from '../core/carrier.js';

/** Marks an object as live data and names its format; incremented when the format changes. */
export const LIVE_DATA_FORMAT = 'liveswap/1';

/**
 * Live data as it crosses threads and waits in queues: a `LiveData` after cloning or conversion to JSON. `LiveData.from` and
 * `LiveData.parse` make it live data again.
 */
export interface LiveDataWire<Type extends string = string> {
  /** Marks live data and names its format. */
  readonly liveData: typeof LIVE_DATA_FORMAT;
  /** Name of the live type, if the data is that of one. */
  readonly type?: Type | undefined;
  /** The guarded value as text. */
  readonly data: string;
  /**
   * Identifies the work in which the data was made, if calls are traced: the span of the code that runs the data links to that
   * work.
   */
  readonly origin?: Carrier | undefined;
}

/** Mark of the class, because `instanceof` does not recognise the copies in artifacts. */
export const liveDataBrand = Symbol.for('liveswap.LiveData');

/** Returns whether `value` is an instance of any copy of the class `LiveData`. */
export function isLiveDataInstance(value: unknown): value is LiveDataWire {
  return typeof value === 'object' && value !== null && liveDataBrand in value && isLiveDataWire(value);
}

/** Returns whether `value` has the fields of live data: an instance, its clone, or its parsed JSON. */
export function isLiveDataWire(value: unknown): value is LiveDataWire {
  if (typeof value !== 'object' || value === null) return false;
  const wire = value as Partial<Record<keyof LiveDataWire, unknown>>;
  return (
    wire.liveData === LIVE_DATA_FORMAT &&
    typeof wire.data === 'string' &&
    (wire.type === undefined || typeof wire.type === 'string')
  );
}

/**
 * Returns the carrier of the work in which live data was made. Data may come from a queue, so anything but a map of strings is
 * ignored.
 */
export function originOf({ origin }: LiveDataWire): Carrier | undefined {
  const isUsable =
    typeof origin === 'object' &&
    origin !== null &&
    Object.values(origin).every((value) => typeof value === 'string');
  return isUsable ? origin : undefined;
}
