import { isObject } from '../core/is-object.js';
import {
  flatten,
  formOf,
  formOfPrimitives,
  isForm,
  isPrimitive,
  primitive,
  rebuild,
  type Form,
} from './form.js';
import { Op, type BatchFrame, type Frame, type Scope } from './protocol.js';
import { transfersOf } from './transfer.js';

/** Stands in the items of a batch where a call would have its address, and tells that an answer follows. */
const ANSWER = -1;
/** The address and the form of a frame are looked up among this many of the latest ones. */
const REMEMBERED = 4;

/**
 * Frames that share a message. Structured clone takes longest for objects and repeated texts, so a batch has each name and each
 * form of value once, and all frames in one flat list: for each, the numbers of its name and form, its id, and the primitives of
 * its value. A batch therefore refers to nothing that anyone could change.
 */
export class Batch {
  readonly #addresses: (Scope | string)[] = [];
  readonly #forms: Form[] = [];
  readonly #items: unknown[] = [];
  #size = 0;

  /** Number of frames. */
  get size(): number {
    return this.#size;
  }

  /** Adds a call with its arguments as they are now. Returns false if they are not few and plain. */
  addCall(id: number, scope: Scope, name: string, args: readonly unknown[]): boolean {
    const plain = formOfPrimitives(args);
    if (plain !== undefined) return this.#add(this.#addressOf(scope, name), id, plain, args);
    for (const value of args) if (isSpecial(value)) return false;
    const primitives: unknown[] = [];
    const form = this.#flatten(args, primitives);
    if (form === undefined) return false;
    return this.#add(this.#addressOf(scope, name), id, form, primitives);
  }

  /** Adds the answer to a call, with its result as it is now. Returns false if it is not small and plain. */
  addResult(id: number, value: unknown): boolean {
    if (isPrimitive(value)) return this.#add(ANSWER, id, primitive, [value]);
    if (isSpecial(value)) return false;
    const primitives: unknown[] = [];
    const form = this.#flatten(value, primitives);
    if (form === undefined) return false;
    return this.#add(ANSWER, id, form, primitives);
  }

  /** Returns the message. The batch must not be used again. */
  get frame(): BatchFrame {
    return [Op.batch, this.#addresses, this.#forms, this.#items];
  }

  /** Returns the batch without the calls that are `dropped`. */
  without(dropped: ReadonlySet<number>): Batch {
    const rest = new Batch();
    for (const frame of framesOf(this.frame) as Frame[]) {
      if (frame[0] === Op.result) rest.addResult(frame[1], frame[2]);
      else if (frame[0] === Op.call && !dropped.has(frame[1]))
        rest.addCall(frame[1], frame[2], frame[3], frame[4]);
    }
    return rest;
  }

  #add(address: number, id: number, form: Form, primitives: readonly unknown[]): true {
    let number = this.#forms.lastIndexOf(form);
    // A getter may have sent what waited before it.
    if (number === -1) number = this.#forms.push(form) - 1;
    this.#items.push(address, id, number);
    for (const value of primitives) this.#items.push(value);
    this.#size++;
    return true;
  }

  /** Adds the primitives of a value and returns its form, if it has one. */
  #flatten(value: unknown, primitives: unknown[]): Form | undefined {
    // A getter may throw: the encoder then reads the value again, and reports the error.
    try {
      const forms = this.#forms;
      const last = forms.length - 1;
      for (let at = last; at >= 0 && at > last - REMEMBERED; at--) {
        const form = forms[at] as Form;
        if (flatten(value, form, primitives)) return form;
        primitives.length = 0;
      }
      const form = formOf(value);
      return form !== undefined && flatten(value, form, primitives) ? form : undefined;
    } catch {
      return undefined;
    }
  }

  #addressOf(scope: Scope, name: string): number {
    const addresses = this.#addresses;
    const last = addresses.length - 2;
    for (let at = last; at >= 0 && at > last - 2 * REMEMBERED; at -= 2) {
      if (addresses[at + 1] === name && addresses[at] === scope) return at;
    }
    return addresses.push(scope, name) - 2;
  }
}

/**
 * Returns the frames of a message: of a batch all of them, or none if it is broken; otherwise the message itself. Each must still
 * be checked.
 */
export function framesOf(message: unknown): readonly unknown[] {
  if (!Array.isArray(message) || message[0] !== Op.batch) return [message];
  const [, addresses, forms, items] = message as readonly unknown[];
  if (!Array.isArray(addresses) || !Array.isArray(forms) || !Array.isArray(items)) return [];
  // Unlike every(), this ends at the first hole: a list may have billions of them.
  for (const form of forms) if (!isForm(form)) return [];
  return read(addresses, forms as readonly Form[], items);
}

function read(
  addresses: readonly unknown[],
  forms: readonly Form[],
  items: readonly unknown[],
): readonly unknown[] {
  const frames: unknown[] = [];
  let at = 0;
  const next = (): unknown => items[at++];
  while (at < items.length) {
    const address = next();
    const id = next();
    const number = next();
    // Anything but a number could name a property of the lists, or throw when it becomes a key.
    if (typeof address !== 'number' || typeof number !== 'number') return [];
    const form = forms[number];
    if (form === undefined) return [];
    const value = rebuild(form, next);
    if (address === ANSWER) frames.push([Op.result, id, value]);
    else frames.push([Op.call, id, addresses[address], addresses[address + 1], value]);
  }
  return at === items.length ? frames : [];
}

/** Returns whether a value is more than its data: something moves with it, or the other side can pull it. */
function isSpecial(value: unknown): boolean {
  return isObject(value) && (Symbol.asyncIterator in value || transfersOf(value).length > 0);
}
