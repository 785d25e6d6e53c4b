import { inspect, types } from 'node:util';
import { fieldStep } from '../core/path-step.js';
import type { Kind } from './image.js';

/** Platform objects that consist of their content alone. */
const contentOnly = ['boxed', 'url', 'search params', 'headers', 'buffer', 'cloned', 'view'] as const;
type ContentOnly = (typeof contentOnly)[number];
const contentOnlyKinds: ReadonlySet<Kind> = new Set(contentOnly);

/** The reason why an object of the platform cannot move, and the step to the part that is at fault. */
export interface PlatformFault {
  readonly key: string;
  readonly refused: string;
}

/** Length of a list up to which its keys are listed: for a longer one, it is quicker to look only beside the elements. */
const SHORT = 256;

/** Returns whether objects of a kind consist of their content alone. */
export function isContentOnly(kind: Kind): kind is ContentOnly {
  return contentOnlyKinds.has(kind);
}

/** Finds the part of an object of the platform that would be lost if its content moved. */
export function platformFault(value: object, kind: ContentOnly): PlatformFault | undefined {
  const key = ArrayBuffer.isView(value) ? addedToView(value) : addedTo(value, kind);
  if (key !== undefined) return { key, refused: 'a field that was added to an object of the platform' };
  const refused = memoryFault(ArrayBuffer.isView(value) ? value.buffer : value);
  return refused === undefined ? undefined : { key: '', refused };
}

/** The fields in which the platform keeps the content of a blob. */
const blobKeys = Reflect.ownKeys(new Blob([]));

function addedTo(value: object, kind: ContentOnly): string | undefined {
  const own = new Set(kind === 'boxed' ? Reflect.ownKeys(bareBoxLike(value)) : blobKeys);
  return stepTo(Reflect.ownKeys(value).find((key) => !own.has(key)));
}

/** Returns another box of the same value, without fields. */
function bareBoxLike(box: object): object {
  const prototype = Object.getPrototypeOf(box) as object;
  return Object(prototype.valueOf.call(box)) as object;
}

const listPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** Returns the step to a field that was added to a view. The step is empty where the view is long. */
function addedToView(view: ArrayBufferView): string | undefined {
  const count = types.isTypedArray(view) ? (Reflect.get(listPrototype, 'length', view) as number) : 0;
  // Elements come first.
  if (count <= SHORT) return stepTo(Reflect.ownKeys(view)[count]);
  return textOf(view) === textOf(bareViewLike(view, count)) ? undefined : '';
}

/** Returns another view of the same memory, without fields. */
function bareViewLike(view: ArrayBufferView, count: number): ArrayBufferView {
  if (Buffer.isBuffer(view)) return Buffer.from(view.buffer, view.byteOffset, count);
  const { constructor } = Object.getPrototypeOf(view) as Uint8Array;
  return Reflect.construct(constructor, [view.buffer, view.byteOffset, count]) as ArrayBufferView;
}

/** Returns the text of a view. Only `inspect` shows the fields of a list without a look at each element. */
function textOf(view: ArrayBufferView): string {
  return inspect(view, { maxArrayLength: 0, showHidden: true, customInspect: false, depth: 0 });
}

function memoryFault(memory: object): string | undefined {
  if (!(memory instanceof ArrayBuffer)) return undefined;
  if ((memory as { readonly resizable?: boolean }).resizable) return 'memory that can be resized';
  return isDetached(memory) ? 'memory that was given to another thread' : undefined;
}

/** Returns whether memory was given away. Node 20 has no other sign of that. */
function isDetached(memory: ArrayBuffer): boolean {
  if (memory.byteLength > 0) return false;
  try {
    void new Uint8Array(memory);
    return false;
  } catch {
    return true;
  }
}

function stepTo(key: PropertyKey | undefined): string | undefined {
  if (key === undefined) return undefined;
  return typeof key === 'symbol' ? `[${String(key)}]` : fieldStep(String(key));
}
