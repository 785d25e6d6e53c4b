import { LiveswapError } from '../core/errors.js';
import { isLiveDataInstance } from '../live-data/wire.js';
import { BufferSpans } from './buffer-spans.js';
import type { Carried, CarriedRoot, Unknown } from './carried.js';
import type { ColumnWriter } from './column.js';
import type { ClassImage, KeptImage, Kind, RootImage } from './image.js';
import type { KeptClasses } from './kept-classes.js';
import { classify, type Classified } from './kinds.js';
import { ownFields } from './own-fields.js';
import { TableWriters } from './table-writer.js';
import { Trail } from './trail.js';
import { writeContent, type Step } from './write-content.js';

/** State to move: all of it as one graph. */
export interface KeptState {
  readonly roots: ReadonlyMap<string, CarriedRoot>;
  readonly classes: KeptClasses;
  readonly carried: Carried;
}

/** An image, and the values that could not be put into it. */
export interface Encoded {
  readonly image: KeptImage;
  readonly warnings: readonly string[];
  /** Buffers that can be moved instead of copied when the image is sent. */
  readonly transfer: readonly ArrayBuffer[];
}

/**
 * Writes all kept state of a version. With `isRehearsal`, values that cannot move are left out with a warning, because an open
 * call may still remove them.
 *
 * @throws LiveswapError `LIVE_DATA_INVALID` with the `path` of the part that cannot move
 */
export function encodeKept(state: KeptState, isRehearsal = false): Encoded {
  return new Encoder(state, isRehearsal).encode();
}

type Known = Extract<Classified, { kind: Kind }>;

class Encoder {
  readonly #state: KeptState;
  readonly #isRehearsal: boolean;
  readonly #constantName: (value: object) => string | undefined;
  readonly #ids = new Map<object, number>();
  readonly #queue: object[] = [];
  readonly #kinds: Known[] = [];
  readonly #trail = new Trail();
  readonly #tables = new TableWriters();
  readonly #classes = new Map<string, ClassImage>();
  readonly #spans = new BufferSpans();
  readonly #warnings: string[] = [];

  constructor(state: KeptState, isRehearsal: boolean) {
    this.#state = state;
    this.#isRehearsal = isRehearsal;
    this.#constantName = state.classes.constants.namesNow();
  }

  encode(): Encoded {
    const roots = Array.from(this.#rootsInOrder(), ([name, root]) => this.#root(name, root));
    // The queue grows while it is processed, so the depth of the state never deepens the stack.
    for (let id = 0; id < this.#queue.length; id++) this.#object(id);
    const { copies, nextId } = this.#spans.write(this.#tables, this.#queue.length);
    const image: KeptImage = {
      roots,
      classes: [...this.#classes.values()],
      tables: this.#tables.finish(),
      count: nextId,
      isPartial: this.#warnings.length > 0,
    };
    return { image, warnings: this.#warnings, transfer: copies };
  }

  #rootsInOrder(): Iterable<[string, CarriedRoot]> {
    return [...this.#state.roots, ...this.#state.carried.roots];
  }

  #root(name: string, { state, made, fingerprint }: CarriedRoot): RootImage {
    const twin = this.#ids.get(state);
    if (twin !== undefined) {
      throw this.#refusal(name, `the same object as ${this.#trail.pathOf(twin)}`, 'keep it under one name');
    }
    const id = this.#add(state, -1, 'root', name);
    return { name, id: id as number, made, fingerprint };
  }

  /** Returns the id of an object that was reached, whether for the first time or again; `undefined` when it cannot move. */
  #idOf(value: object, parent: number, step: Step, name: unknown): number | undefined {
    return this.#ids.get(value) ?? this.#add(value, parent, step, name);
  }

  #add(value: object, parent: number, step: Step, name: unknown): number | undefined {
    const classified = this.#classify(value);
    if ('refused' in classified) {
      this.#refuse(this.#trail.pathTo(parent, step, name), classified.refused);
      return undefined;
    }
    const id = this.#queue.length;
    this.#ids.set(value, id);
    this.#queue.push(value);
    this.#kinds.push(classified);
    this.#trail.add(parent, step, name);
    if (classified.kind !== 'constant' && classified.class !== undefined)
      this.#noteClass(classified.class, id);
    return id;
  }

  #classify(value: object): Classified {
    const { classes, carried } = this.#state;
    const constant = this.#constantName(value);
    if (constant !== undefined) return { kind: 'constant', class: constant };
    const unknown = carried.unknown(value);
    if (unknown) return this.#classifyUnknown(value, unknown);
    if (isLiveDataInstance(value)) return { kind: 'live data', class: undefined };
    return classify(value, classes);
  }

  #classifyUnknown(value: object, unknown: Unknown): Classified {
    if ('constant' in unknown) return { kind: 'constant', class: unknown.constant };
    this.#classes.set(unknown.class.name, unknown.class);
    const classified = classify(value, this.#state.classes);
    return 'kind' in classified ? { kind: classified.kind, class: unknown.class.name } : classified;
  }

  /** Describes a class when its first instance, `id`, is reached. */
  #noteClass(name: string, id: number): void {
    const known = this.#classes.has(name) ? undefined : this.#state.classes.get(name);
    if (!known) return;
    const [hidden] = known.hidden;
    if (hidden !== undefined) {
      const what = `an instance of ${known.name}, whose ${hidden} only the class itself can see`;
      throw this.#refusal(this.#trail.pathOf(id), what, 'make it public, or give the class a static upcast');
    }
    this.#classes.set(name, { name, declared: known.declared, fingerprint: known.fingerprint });
  }

  #object(id: number): void {
    const value = this.#queue[id] as object;
    const { kind: base, class: className } = this.#kinds[id] as Known;
    const fields = ownFields(value, base);
    if ('refused' in fields) throw this.#refusal(this.#trail.pathOf(id) + fields.key, fields.refused);
    if (base === 'buffer') return this.#spans.addBuffer(id, value as ArrayBuffer);
    if (base === 'view') return this.#view(id, value as ArrayBufferView, className as string);
    const isSparse = base === 'array' && fields.keys.length > 0;
    const kind = isSparse ? 'sparse array' : base;
    const carried = this.#state.carried.fieldsOf(value);
    const keys = carried ? [...fields.keys, ...carried.keys()] : fields.keys;
    const table = this.#tables.get({
      kind,
      class: className,
      seal: fields.seal,
      keys,
      carried: fields.keys.length,
    });
    for (const [index, key] of fields.keys.entries()) {
      this.#put(
        table.fields[index] as ColumnWriter,
        (value as Record<string, unknown>)[key],
        id,
        'field',
        key,
      );
    }
    let index = fields.keys.length;
    for (const [key, held] of carried ?? []) {
      this.#put(table.fields[index++] as ColumnWriter, held, id, 'field', key);
    }
    writeContent(kind, value, table.content, (column, held, step, name) =>
      this.#put(column, held, id, step, name),
    );
    table.end(id);
  }

  #view(id: number, view: ArrayBufferView, className: string): void {
    const { buffer } = view;
    // Shared memory is an object of its own: the platform shares it with every receiver.
    if (!(buffer instanceof ArrayBuffer)) {
      this.#spans.addBuffer(this.#idOf(buffer, id, 'field', 'buffer') as number, buffer);
    }
    this.#spans.addView(id, view, className);
  }

  #put(column: ColumnWriter, value: unknown, parent: number, step: Step, name: unknown): void {
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
      const id = this.#idOf(value, parent, step, name);
      if (id === undefined) column.value(undefined);
      else column.reference(id);
    } else if (typeof value === 'symbol') {
      this.#refuse(this.#trail.pathTo(parent, step, name), 'a symbol');
      column.value(undefined);
    } else column.value(value);
  }

  #refuse(path: string, what: string): void {
    if (!this.#isRehearsal) throw this.#refusal(path, what);
    this.#warnings.push(`${path} is ${what}`);
  }

  #refusal(
    path: string,
    what: string,
    remedy = 'keep data instead, or create it again in onActive',
  ): LiveswapError {
    return new LiveswapError('LIVE_DATA_INVALID', `Cannot move ${path}: it is ${what}; ${remedy}.`, { path });
  }
}
