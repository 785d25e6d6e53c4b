import { entryStep, fieldStep, itemStep, keyStep, memberStep } from '../../core/path-step.js';
import { ts } from 'ts-morph';
import type { KeptFacts } from '../../manifest/manifest.js';
import { resolveShape, type Shape, type ShapeTable } from '../../manifest/shape.js';
import { findingAt } from '../finding-at.js';
import type { Finding } from '../rule.js';
import type { KeptSources, OwnClass } from './kept-facts.js';

/** Matches platform types whose instances can never move to another thread without losing their meaning. */
const immovable =
  /^(Promise|PromiseLike|Weak(Map|Set|Ref)|Abort(Signal|Controller)|NodeJS\.(Timeout|Timer|Immediate)|Timeout|Immediate|(.*\.)?(Socket|Server|Worker|MessagePort|EventEmitter|Readable|Writable|Duplex|ReadableStream|WritableStream)|Generator|AsyncGenerator|Iterator|AsyncIterator|Symbol)$/;

/**
 * Returns findings about state that, according to its types, cannot move or cannot be filled, or that is kept under two names.
 */
export function keptFindings(plugin: string, { facts, calls, classes }: KeptSources): Finding[] {
  const seen = new Set<string>();
  return calls.flatMap(({ facts: { name, shape }, node }) => {
    const say = (problem: string, remedy: string): Finding =>
      findingAt(node.compilerNode, 'kept', plugin, problem, remedy);
    if (seen.has(name)) return [say(`Two states are kept as \`${name}\`.`, 'Give each a name of its own.')];
    seen.add(name);
    if (!canBeFilled(shape, facts)) {
      return [
        say(
          `\`${name}\` is kept, but cannot be filled in place.`,
          'Keep a map, set, array, plain object, or an instance of a class of the plugin.',
        ),
      ];
    }
    return immovables(name, shape, facts, classes).map(({ path, what }) =>
      say(
        `\`${path}\` is ${what}, which cannot move to the next version.`,
        'Keep only data, and create the rest in onActive, or drop it in an upcast.',
      ),
    );
  });
}

function canBeFilled(shape: Shape, { classes, types }: KeptFacts): boolean {
  if (typeof shape === 'object' && shape.kind === 'ref' && classes.some(({ name }) => name === shape.name)) {
    return true;
  }
  const found = resolveShape(shape, types);
  if (typeof found === 'string') return found === 'any' || found === 'unknown' || found === 'object';
  if (found.kind === 'platform')
    return /^(Map|Set|Array|Record|Partial|Required|Readonly|Pick|Omit)$/.test(found.name);
  return /^(array|tuple|object|intersection|union|opaque|parameter)$/.test(found.kind);
}

interface Immovable {
  readonly path: string;
  readonly what: string;
}

/** Returns the parts of a state that cannot move, each with the first path to it. */
function immovables(
  name: string,
  root: Shape,
  { classes, types }: KeptFacts,
  sources: readonly OwnClass[],
): Immovable[] {
  const found: Immovable[] = [];
  const seen = new Set<string>();
  const queue: [path: string, shape: Shape][] = [[name, root]];
  for (const [path, shape] of queue) {
    const what = whatOf(shape, types);
    if (what) {
      found.push({ path, what });
      continue;
    }
    const known = typeof shape === 'object' && shape.kind === 'ref' ? shape.name : undefined;
    if (known !== undefined && seen.has(known)) continue;
    if (known !== undefined) seen.add(known);
    const own = classes.find((one) => one.name === known);
    if (own) {
      const source = sources.find((one) => one.name === known);
      for (const hidden of source ? hiddenMembers(source, sources) : [])
        found.push({ ...hidden, path: path + hidden.path });
      queue.push(...own.fields.map((field): [string, Shape] => [path + fieldStep(field.name), field.shape]));
    } else queue.push(...partsOf(path, resolveShape(shape, types)));
  }
  return found;
}

function whatOf(shape: Shape, types: ShapeTable): string | undefined {
  if (shape === 'symbol') return 'a symbol';
  if (typeof shape !== 'object') return undefined;
  if (shape.kind === 'function') return 'a function';
  const isNamed = shape.kind === 'platform' || shape.kind === 'ref';
  if (isHandle(resolveShape(shape, types))) return 'a handle for something that runs or is open';
  return isNamed && immovable.test(shape.name) ? `an instance of ${shape.name}` : undefined;
}

/** Returns the step to a type argument of a map, a set or another platform type. */
function argumentStep({ args = [] }: Extract<Shape, { kind: 'platform' }>, index: number): string {
  if (args.length < 2) return memberStep();
  return index === 0 ? keyStep() : entryStep();
}

function partsOf(path: string, shape: Shape): [string, Shape][] {
  if (typeof shape === 'string') return [];
  switch (shape.kind) {
    case 'union':
    case 'intersection':
      return shape.members.map((member) => [path, member]);
    case 'array':
      return [[path + itemStep(), shape.element]];
    case 'tuple':
      return shape.elements.map((element, index) => [path + itemStep(index), element.shape]);
    case 'object':
      return [
        // A function in an interface may be a method of the class that implements it.
        ...shape.fields
          .filter((field) => !shape.declared || !isFunction(field.shape))
          .map((field): [string, Shape] => [path + fieldStep(field.name), field.shape]),
        ...(shape.indexes ?? []).map((index): [string, Shape] => [path + itemStep(), index.value]),
      ];
    case 'platform':
      return (shape.args ?? []).map((arg, index) => [path + argumentStep(shape, index), arg]);
    default:
      return [];
  }
}

/**
 * Recognises a timer, socket or thread whatever the name of its type, by methods that end it or that keep the process waiting for
 * it.
 */
function isHandle(shape: Shape): boolean {
  if (typeof shape !== 'object' || shape.kind !== 'object') return false;
  return shape.fields.some(
    (field) => /^(unref|\[Symbol\.(asyncD|d)ispose\])$/.test(field.name) && isFunction(field.shape),
  );
}

function isFunction(shape: Shape): boolean {
  return typeof shape === 'object' && shape.kind === 'function';
}

/**
 * Returns the members of instances that only the code of their class, or of one that it extends, can see. A class with an upcast
 * fills such fields itself or leaves them out.
 */
function hiddenMembers(own: OwnClass, classes: readonly OwnClass[]): Immovable[] {
  const members = lineOf(own, classes).flatMap(({ node }) => [...node.members]);
  if (members.some((member) => member.name?.getText() === 'upcast' && isStatic(member))) return [];
  return members.flatMap((member): Immovable[] => {
    if (!member.name || !ts.isPrivateIdentifier(member.name) || isStatic(member)) return [];
    const what = ts.isPropertyDeclaration(member)
      ? 'a private field, which only its own class can see'
      : 'a private method, which only its own constructor gives an object';
    return [{ path: `.${member.name.text}`, what }];
  });
}

/** Returns a class and the own ones that it extends. */
function lineOf(own: OwnClass, classes: readonly OwnClass[]): OwnClass[] {
  const bases = own.instance.getBaseTypes() ?? [];
  const base = classes.find(({ instance }) => bases.some(({ symbol }) => symbol === instance.symbol));
  return base ? [own, ...lineOf(base, classes)] : [own];
}

function isStatic(member: ts.ClassElement): boolean {
  return (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) !== 0;
}
