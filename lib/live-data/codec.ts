import { parse, stringify } from 'devalue';
import { isLiveswapError, LiveswapError, messageOf } from '../core/errors.js';
import { writtenFields } from './carried-fields.js';
import { guard } from './guard.js';
import type { LiveClasses } from './live-classes.js';
import { isLiveDataInstance, type LiveDataWire } from './wire.js';

/** An instance of a live type as written: its type, the fingerprint of its shape at that time, its fields. */
export type LiveRecord = [type: string, from: string | undefined, fields: Record<string, unknown>];

/** A decoded value that still holds records in place of live instances. */
export interface DecodedData {
  readonly value: unknown;
  readonly records: ReadonlySet<unknown>;
}

/**
 * Writes `value` as text; with `type`, as the fields of an instance of that live type.
 *
 * @throws LiveswapError `LIVE_DATA_INVALID` with the `path` of the part that cannot be written.
 */
export function encode(value: unknown, classes: LiveClasses, type?: string): string {
  const liveTypeOf = (thing: object): string | undefined =>
    type !== undefined && thing === value ? type : classes.nameOf(thing);

  const reducers = {
    Live(thing: unknown): LiveRecord | undefined {
      if (typeof thing !== 'object' || thing === null) return undefined;
      const name = liveTypeOf(thing);
      return name === undefined
        ? undefined
        : [name, fingerprintOf(thing, name, classes), writtenFields(thing)];
    },
    LiveData: (thing: unknown): LiveDataWire | undefined =>
      isLiveDataInstance(thing) ? wireOf(thing) : undefined,
    // The bytes are copied, because small buffers are views of memory that others use.
    Buffer: (thing: unknown): Uint8Array | undefined =>
      Buffer.isBuffer(thing) ? new Uint8Array(thing) : undefined,
  };

  try {
    guard(value, liveTypeOf);
    return stringify(value, reducers);
  } catch (error) {
    if (isLiveswapError(error)) throw error;
    throw new LiveswapError('LIVE_DATA_INVALID', `Cannot guard as live data: ${messageOf(error)}.`, {
      cause: error,
      path: '',
    });
  }
}

/**
 * Reads what {@link encode} wrote. `liveDataFrom` makes the live data inside it.
 *
 * @throws LiveswapError `LIVE_DATA_INVALID` when the text is damaged.
 */
export function decode(source: LiveDataWire, liveDataFrom: (wire: unknown) => unknown): DecodedData {
  const records = new Set<LiveRecord>();
  const revivers = {
    // A record inside itself leads here again before its fields exist, so the check comes at the end.
    Live(record: LiveRecord) {
      records.add(record);
      return record;
    },
    LiveData: liveDataFrom,
    Buffer(bytes: unknown) {
      if (!(bytes instanceof Uint8Array)) throw new Error('a buffer inside it is damaged');
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
  };
  try {
    const value: unknown = parse(source.data, revivers);
    for (const record of records) checkRecord(record);
    const type = records.has(value as LiveRecord) ? (value as LiveRecord)[0] : undefined;
    if (type !== source.type) {
      throw new Error(`it says it is of type ${source.type ?? 'none'}, but holds one of ${type ?? 'none'}`);
    }
    return { value, records };
  } catch (error) {
    throw new LiveswapError(
      'LIVE_DATA_INVALID',
      `Cannot read live data: ${messageOf(error)}; it was altered or truncated in transit.`,
      { cause: error, data: source },
    );
  }
}

/** Returns the plain form of `data`, as cloning would leave it. */
export function wireOf({ liveData, type, data, origin }: LiveDataWire): LiveDataWire {
  return { liveData, ...(type !== undefined && { type }), data, ...(origin && { origin }) };
}

/** Returns the fingerprint with which an instance is written. Fields that are given by name, without an instance, have none. */
function fingerprintOf(thing: object, name: string, classes: LiveClasses): string | undefined {
  return classes.nameOf(thing) === name ? classes.get(name)?.fingerprint : undefined;
}

function checkRecord(record: unknown): void {
  const [type, from, fields] = Array.isArray(record) ? (record as unknown[]) : [];
  const isSound =
    typeof type === 'string' &&
    (from === undefined || typeof from === 'string') &&
    typeof fields === 'object' &&
    fields !== null &&
    Object.getPrototypeOf(fields) === Object.prototype;
  if (!isSound) throw new Error('an instance inside it is damaged');
}
