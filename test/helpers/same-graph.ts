import { types } from 'node:util';

/** Returns where two graphs differ: in a value, in a prototype, in a shared reference; `undefined` when they are the same. */
export function differenceOf(one: unknown, other: unknown): string | undefined {
  const twins = new Map<object, object>();
  const queue: [unknown, unknown, string][] = [[one, other, 'root']];
  for (let entry = queue.shift(); entry; entry = queue.shift()) {
    const [left, right, path] = entry;
    if (!isObject(left) || !isObject(right)) {
      if (!Object.is(left, right)) return `${path}: ${String(left)} and ${String(right)}`;
      continue;
    }
    if (twins.has(left) || [...twins.values()].includes(right)) {
      if (twins.get(left) !== right) return `${path}: shared differently`;
      continue;
    }
    twins.set(left, right);
    if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return `${path}: another prototype`;
    if (Object.isFrozen(left) !== Object.isFrozen(right)) return `${path}: only one is frozen`;
    const parts = partsOf(left);
    const others = partsOf(right);
    if (parts.length !== others.length) return `${path}: ${parts.length} and ${others.length} parts`;
    for (const [index, [name, part]] of parts.entries()) {
      const [otherName, otherPart] = others[index]!;
      if (name !== otherName) return `${path}: ${name} and ${otherName}`;
      queue.push([part, otherPart, `${path}${name}`]);
    }
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function partsOf(value: object): [name: string, part: unknown][] {
  const fields = Reflect.ownKeys(value)
    .filter((key) => key !== 'stack')
    .map((key): [string, unknown] => [`.${String(key)}`, (value as Record<PropertyKey, unknown>)[key]]);
  if (ArrayBuffer.isView(value)) {
    return [
      ['bytes', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')],
      ['buffer', value.buffer],
    ];
  }
  if (types.isAnyArrayBuffer(value)) return [];
  if (value instanceof Map) {
    return [
      ...fields,
      ...[...value].flatMap(([key, held]): [string, unknown][] => [
        ['key', key],
        ['value', held],
      ]),
    ];
  }
  if (value instanceof Set)
    return [...fields, ...[...value].map((member): [string, unknown] => ['member', member])];
  if (value instanceof Date) return [...fields, ['time', Date.prototype.getTime.call(value)]];
  if (value instanceof RegExp) return [...fields, ['source', Reflect.get(RegExp.prototype, 'source', value)]];
  if (value instanceof URL) return [...fields, ['href', value.href]];
  return fields;
}
