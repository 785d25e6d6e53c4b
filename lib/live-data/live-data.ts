import type { Carrier } from '../core/carrier.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { decode, encode, wireOf } from './codec.js';
import { kindOf } from './kind.js';
import { boundLiveClasses } from './bound-classes.js';
import { LiveClasses } from './live-classes.js';
import { originHere } from './bound-origin.js';
import { revive } from './revive.js';
import type { LiveFields, LiveName, LiveValue } from './live-names.js';
import type { LiveTypes } from './live-registry.js';
import {
  isLiveDataInstance,
  isLiveDataWire,
  LIVE_DATA_FORMAT,
  liveDataBrand,
  originOf,
  type LiveDataWire,
} from './wire.js';

export { bindLiveClasses } from './bound-classes.js';
export { bindOrigin } from './bound-origin.js';
export { LiveClasses } from './live-classes.js';
export { argumentReviver } from './revive-arguments.js';
export type { LiveClass, LiveType } from './live-classes.js';
export { isLiveDataWire } from './wire.js';
export type { LiveDataWire } from './wire.js';

/**
 * A value that outlives the code that made it: an immutable snapshot of data that every version can read. It can wait in any
 * queue, as JSON or as a clone, and the newest code unwraps it.
 *
 * Its own fields are its wire form, so it crosses threads and `JSON.stringify` as it is. The result is plain; `LiveData.from` and
 * `LiveData.parse` make it live data again.
 *
 * @example
 * const fire = LiveData.of('Live_Fire', { shots: 3 });
 * await queue.add(JSON.stringify(fire));
 * await swapper.run(LiveData.parse(await queue.take()));
 */
export class LiveData<Value = unknown, Type extends string = string> implements LiveDataWire<Type> {
  /** Marks live data and names its format. */
  readonly liveData = LIVE_DATA_FORMAT;
  /** Name of the live type, if the data is that of one. */
  readonly type: Type | undefined;
  /** The value as text. */
  readonly data: string;
  /**
   * Identifies the work in which the data was made, if calls are traced: the span of the code that runs the data links to that
   * work.
   */
  declare readonly origin?: Carrier | undefined;
  readonly #classes: LiveClasses;

  private constructor({ type, data, origin }: Parts<Type>, classes: LiveClasses) {
    this.type = type;
    this.data = data;
    if (origin) this.origin = origin;
    this.#classes = classes;
    Object.freeze(this);
  }

  /**
   * Guards a snapshot of `value`, which later changes do not affect. Data are primitives, plain objects, arrays, dates, regular
   * expressions, maps, sets, URLs, buffers, typed arrays and instances of live types, nested up to 500 deep, cycles and repeated
   * references included. The own enumerable fields of an instance are data; `#private` fields are never included.
   *
   * @throws LiveswapError `LIVE_DATA_INVALID` with the `path` of the part that is not data, like `job.steps[2].done`.
   */
  static wrap<Value>(value: Value): LiveData<Value> {
    if (isLiveDataInstance(value)) return LiveData.from(value);
    const classes = currentClasses();
    const type = typeof value === 'object' && value !== null ? classes.nameOf(value) : undefined;
    return new LiveData({ type, data: encode(value, classes), origin: originHere() }, classes);
  }

  /**
   * Guards the fields of an instance of a live type by name, for code such as a host that does not have the class. Where
   * `live.d.ts` is part of the program, the fields are typed; a field with a default may be left out.
   *
   * @throws LiveswapError `LIVE_DATA_INVALID` with the `path` of the part that is not data.
   */
  static of<Name extends string>(
    typeName: LiveName<Name, LiveTypes>,
    fields: LiveFields<Name>,
  ): LiveData<LiveValue<Name>, Name> {
    if (typeof typeName !== 'string' || typeName === '' || kindOf(fields) !== 'object') {
      throw new LiveswapError(
        'LIVE_DATA_INVALID',
        `Cannot guard as live data: LiveData.of takes the name of a live type and an object of fields, but got ${kindOf(typeName)} and ${kindOf(fields)}.`,
        { path: '' },
      );
    }
    const classes = currentClasses();
    const data = encode(fields, classes, typeName);
    return new LiveData<LiveValue<Name>, Name>({ type: typeName, data, origin: originHere() }, classes);
  }

  /**
   * @internal Makes live data from the wire form, or from an instance of another copy of this class. With `classes`, it is
   * unwrapped with those instead of the ones this copy is bound to.
   *
   * @throws LiveswapError `LIVE_DATA_INVALID` when `wire` is not live data.
   */
  static from<Value = unknown>(wire: unknown, classes: LiveClasses = currentClasses()): LiveData<Value> {
    if (isLiveDataWire(wire)) return new LiveData({ ...wire, origin: originOf(wire) }, classes);
    const format =
      typeof wire === 'object' && wire !== null && 'liveData' in wire ? wire.liveData : undefined;
    throw new LiveswapError(
      'LIVE_DATA_INVALID',
      typeof format === 'string' && format !== LIVE_DATA_FORMAT
        ? `Cannot read live data: it is written as ${format}, but this liveswap reads ${LIVE_DATA_FORMAT}.`
        : `Cannot read live data: expected the result of LiveData.toJSON(), but got ${kindOf(wire)}.`,
    );
  }

  /**
   * Makes live data from JSON, as text or already parsed. All of it is read once, so that damage is detected here.
   *
   * @throws LiveswapError `LIVE_DATA_INVALID` when `json` is not live data, or damaged.
   */
  static parse<Value = unknown>(json: unknown): LiveData<Value> {
    const data = LiveData.from<Value>(typeof json === 'string' ? parseJson(json) : json);
    data.#decode();
    return data;
  }

  /** Returns true for an instance of any copy of this class: each artifact has a copy of its own. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return isLiveDataInstance(value);
  }

  /** @internal */
  get [liveDataBrand](): true {
    return true;
  }

  /**
   * Returns the value, a fresh copy each time. Instances are revived as the newest class: known fields are filled, new ones keep
   * their defaults, unknown ones are hidden but written again when the instance is wrapped. Where the class is not available (in
   * a host, or in a plugin for live types of another one), an instance becomes its plain fields; `swapper.run(data)` goes to the
   * plugin that has the class.
   *
   * @throws LiveswapError `LIVE_DATA_MISMATCH` with `path`, `expected`, `got` and the `data` itself, when the type of a field
   * differs from that in the newest class, or its `upcast` fails; `LIVE_DATA_INVALID` when the data is damaged.
   */
  unwrap(): Value {
    return revive(this.#decode(), this.#classes, this) as Value;
  }

  /** Returns the form that `LiveData.parse` reads. */
  toJSON(): LiveDataWire {
    return wireOf(this);
  }

  #decode(): ReturnType<typeof decode> {
    return decode(this, (wire) => LiveData.from(wire, this.#classes));
  }
}

/**
 * Works like {@link LiveData.wrap}, with the classes of an artifact that is not this module's own.
 * @throws LiveswapError `LIVE_DATA_INVALID`
 */
export function wrapData(value: unknown, classes: LiveClasses): LiveDataWire {
  return { liveData: LIVE_DATA_FORMAT, type: undefined, data: encode(value, classes) };
}

/** Returns whether `value` is live data, made by any copy of the class. */
export function isLiveData(value: unknown): value is LiveData {
  return isLiveDataInstance(value);
}

/** Parts of live data. */
type Parts<Type extends string> = Omit<LiveDataWire<Type>, 'liveData'>;

/**
 * Returns the live types of the version to which this copy belongs. A host has none; there, a type is identified by the name of
 * its class.
 */
function currentClasses(): LiveClasses {
  return boundLiveClasses() ?? new LiveClasses();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LiveswapError('LIVE_DATA_INVALID', `Cannot read live data: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
