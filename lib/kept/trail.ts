import { entryStep, fieldStep, itemStep, joinedSteps, keyStep, memberStep } from '../core/path-step.js';

/** Step from one object to another. */
interface Step {
  readonly parent: number;
  readonly kind: 'root' | 'field' | 'index' | 'key' | 'value' | 'member';
  readonly name: unknown;
}

/** Remembers the first path to each object, and prints it for errors that name the object: `world.rooms[3].owner`. */
export class Trail {
  readonly #steps: Step[] = [];

  /** Notes how the object `id` was reached; ids come in order. */
  add(parent: number, kind: Step['kind'], name: unknown): void {
    this.#steps.push({ parent, kind, name });
  }

  /** Returns the path to a value that `parent` holds. */
  pathTo(parent: number, kind: Step['kind'], name: unknown): string {
    const texts: string[] = [textOf(kind, name)];
    let at = parent;
    while (at >= 0) {
      const step = this.#steps[at];
      if (!step) break;
      texts.push(textOf(step.kind, step.name));
      at = step.parent;
    }
    return joinedSteps(texts.toReversed());
  }

  /** Returns the path to the object `id`. */
  pathOf(id: number): string {
    const step = this.#steps[id];
    return step ? this.pathTo(step.parent, step.kind, step.name) : '';
  }
}

function textOf(kind: Step['kind'], name: unknown): string {
  switch (kind) {
    case 'root':
      return String(name);
    case 'field':
      return fieldStep(String(name));
    case 'index':
      return itemStep(name as number);
    case 'key':
      return keyStep(name as number);
    case 'member':
      return memberStep(name as number);
    case 'value':
      return entryStep(name);
    default:
      return kind satisfies never;
  }
}
