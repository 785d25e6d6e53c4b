import { entryStep, fieldStep, itemStep, joinedSteps, keyStep, memberStep } from '../core/path-step.js';

/** Place of a value inside another: a chain towards the root, converted to text only for errors. */
export interface Path {
  readonly parent: Path | undefined;
  /** `field` of an object, `index` of an array, `value` or `key` of a map, `member` of a set. */
  readonly kind: 'field' | 'index' | 'value' | 'key' | 'member';
  /** The field's name or map's key; the position for the other kinds. */
  readonly name: unknown;
}

/** Formats a path as `job.steps[2].done`; that of the root itself is empty, and a very deep one is shortened. */
export function formatPath(path: Path | undefined): string {
  const steps: string[] = [];
  for (let at = path; at; at = at.parent) steps.push(formatStep(at));
  const text = joinedSteps(steps.toReversed());
  return text.startsWith('.') ? text.slice(1) : text;
}

function formatStep({ kind, name }: Path): string {
  switch (kind) {
    case 'field':
      return fieldStep(String(name));
    case 'index':
      return itemStep(name as number);
    case 'value':
      return entryStep(name);
    case 'key':
      return keyStep(name as number);
    case 'member':
      return memberStep(name as number);
    default:
      return kind satisfies never;
  }
}
