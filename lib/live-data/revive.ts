import { LiveswapError, messageOf, type ErrorFields } from '../core/errors.js';
import { childShape, containerShape } from './child-shape.js';
import { carryFields } from './carried-fields.js';
import { rewriteChildren } from './children.js';
import type { DecodedData, LiveRecord } from './codec.js';
import { kindOf } from './kind.js';
import type { LiveClasses, LiveType } from './live-classes.js';
import { fieldMismatch } from './field-match.js';
import { membersOf, type Mismatch } from './match.js';
import { formatPath, type Path } from './path.js';
import type { PlatformShape, Shape } from '../manifest/shape.js';
import type { LiveDataWire } from './wire.js';

/**
 * Turns the records in `decoded` into instances of the newest classes, in place: known fields are filled, unknown ones are
 * carried along unseen, new ones keep their defaults. Without its class, a record becomes its plain fields.
 *
 * @throws LiveswapError `LIVE_DATA_MISMATCH` with `path`, `expected`, `got` and, so that nothing is lost, `data`.
 */
export function revive(decoded: DecodedData, classes: LiveClasses, data: LiveDataWire): unknown {
  if (decoded.records.size === 0) return decoded.value;
  return new Revival(decoded.records, classes, data).everything(decoded.value);
}

/**
 * Turns the plain objects in `value` into instances of the newest classes, in place, where `shape` names live types. Nothing else
 * is changed.
 *
 * @throws LiveswapError `LIVE_DATA_MISMATCH` with `path`, `expected`, `got`.
 */
export function promote(value: unknown, shape: Shape, path: Path, classes: LiveClasses): unknown {
  return new Revival(new Set(), classes).promote(value, shape, path);
}

class Revival {
  readonly #records: ReadonlySet<unknown>;
  readonly #classes: LiveClasses;
  readonly #data: LiveDataWire | undefined;
  readonly #revived = new Map<object, unknown>();
  readonly #promoted = new Map<object, object>();

  constructor(records: ReadonlySet<unknown>, classes: LiveClasses, data?: LiveDataWire) {
    this.#records = records;
    this.#classes = classes;
    this.#data = data;
  }

  everything(value: unknown, path?: Path): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (this.#revived.has(value)) return this.#revived.get(value);
    if (this.#records.has(value)) return this.#record(value as LiveRecord, path);
    this.#revived.set(value, value);
    rewriteChildren(value, path, (child, at) => this.everything(child, at));
    return value;
  }

  #record(record: LiveRecord, path: Path | undefined): unknown {
    const [name, from, fields] = record;
    const type = this.#classes.get(name);
    const result = type ? this.#construct(type, path) : fields;
    // The instance is registered before its fields are revived, because they may refer back to it.
    this.#revived.set(record, result);
    this.everything(fields, path);
    if (type) this.#fill(result, type, this.#upcast(type, fields, from, path), path);
    return result;
  }

  #construct(type: LiveType, path: Path | undefined): object {
    try {
      return new type.class();
    } catch (error) {
      throw this.#failed(type, path, 'its constructor threw', error);
    }
  }

  #upcast(
    type: LiveType,
    fields: Record<string, unknown>,
    from: string | undefined,
    path: Path | undefined,
  ): object {
    if (!type.class.upcast || (from !== undefined && from === type.fingerprint)) return fields;
    try {
      const upcast: unknown = type.class.upcast(fields, from ?? '');
      if (kindOf(upcast) === 'object') return upcast as object;
      throw new TypeError(`it returned ${kindOf(upcast)}, not an object of fields`);
    } catch (error) {
      throw this.#failed(type, path, 'upcast failed', error);
    }
  }

  #fill(instance: object, type: LiveType, fields: object, path: Path | undefined): void {
    const unknown = new Map<string, unknown>();
    for (const [name, value] of Object.entries(fields)) {
      const own = Object.getOwnPropertyDescriptor(instance, name);
      const field = type.fields.get(name);
      const isFilled = own ? 'value' in own : field !== undefined && !(name in instance);
      if (!isFilled) {
        unknown.set(name, value);
        continue;
      }
      const at: Path = { parent: path, kind: 'field', name };
      const standard: unknown = own?.value;
      const mismatch = fieldMismatch(value, field, standard, at, this.#classes);
      if (mismatch) throw this.#mismatch(type, mismatch);
      const filled = field ? this.promote(value, field.shape, at) : this.#promoteLike(value, standard, at);
      try {
        Object.defineProperty(instance, name, { ...writableField, value: filled });
      } catch (error) {
        throw this.#failed(type, at, 'the field cannot be filled', error);
      }
    }
    carryFields(instance, unknown);
  }

  /** Turns plain objects into instances where the type names a live type. */
  promote(value: unknown, shape: Shape, path: Path): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const live = this.#classes.ofShape(shape);
    if (live) return kindOf(value) === 'object' ? this.#instance(value, live, path) : value;
    const resolved = this.#classes.resolve(shape);
    if (typeof resolved === 'object' && resolved.kind === 'union') {
      const [member, ...others] = membersOf(resolved.members, value, this.#classes);
      // A value that could also be of another type does not become an instance, because it would lose the fields that the class
      // does not know.
      const isUnsure = others.length > 0 && [member, ...others].some((one) => this.#isLive(one));
      return member && !isUnsure ? this.promote(value, member, path) : value;
    }
    const [whole] = isVariant(resolved) ? (resolved.args ?? []) : [];
    if (whole !== undefined) return this.promote(value, whole, path);
    const container = containerShape(resolved);
    if (!container) return value;
    rewriteChildren(value, path, (child, at) => {
      const inside = childShape(container, at, value);
      return inside ? this.promote(child, inside, at) : child;
    });
    return value;
  }

  #isLive(shape: Shape | undefined): boolean {
    return shape !== undefined && this.#classes.ofShape(shape) !== undefined;
  }

  #promoteLike(value: unknown, standard: unknown, path: Path): unknown {
    const name = typeof standard === 'object' && standard ? this.#classes.nameOf(standard) : undefined;
    const type = name === undefined ? undefined : this.#classes.get(name);
    return type && typeof value === 'object' && value ? this.#instance(value, type, path) : value;
  }

  #instance(value: object, type: LiveType, path: Path): object {
    if (value instanceof type.class) return value;
    const known = this.#promoted.get(value);
    if (known instanceof type.class) return known;
    const instance = this.#construct(type, path);
    this.#promoted.set(value, instance);
    this.#fill(instance, type, this.#upcast(type, value as Record<string, unknown>, undefined, path), path);
    return instance;
  }

  #mismatch(type: LiveType, { path, expected, got }: Mismatch): LiveswapError {
    const where = formatPath(path);
    return this.#refused(
      type,
      `${where} should be ${expected}, but is ${got}; convert it in a static upcast(fields, from)`,
      { path: where, expected, got },
    );
  }

  #failed(type: LiveType, path: Path | undefined, problem: string, cause: unknown): LiveswapError {
    return this.#refused(type, `${problem}: ${messageOf(cause)}`, { path: formatPath(path), cause });
  }

  #refused({ name }: LiveType, problem: string, fields: ErrorFields): LiveswapError {
    const kept = this.#data ? { data: this.#data } : {};
    const where = this.#data ? ' The data is in error.data.' : '';
    return new LiveswapError('LIVE_DATA_MISMATCH', `Cannot revive ${name}: ${problem}.${where}`, {
      type: name,
      ...fields,
      ...kept,
    });
  }
}

const writableField = { writable: true, enumerable: true, configurable: true } as const;

/** Returns whether a shape is a variant of a live type: `Partial<Live_Fire>` is revived like `Live_Fire`. */
function isVariant(shape: Shape): shape is PlatformShape {
  return typeof shape === 'object' && shape.kind === 'platform' && /^(?:Partial|Required)$/.test(shape.name);
}
