/**
 * The result of a method of a collection: the collection itself, a member, a copy with the same members, or each member to a
 * callback.
 */
export type Gift = 'itself' | 'member' | 'copy' | 'each';

/**
 * Returns the results of the method with this name, as `platformName` gives it: `Array.filter` gives a copy, and each member to
 * its callback.
 */
export function giftsOf(name: string): readonly Gift[] {
  const [, type = '', method = ''] = /^(\w+)\.(\w+)$/.exec(name) ?? [];
  if (!collections.test(type)) return [];
  return gifts.flatMap(([gift, methods]) => (methods.test(method) ? [gift] : []));
}

const collections = /^(Readonly)?(Array|Map|Set|WeakMap)$|Iterator|Iterable/;
const gifts: readonly (readonly [gift: Gift, methods: RegExp])[] = [
  ['itself', /^(sort|reverse|fill|copyWithin|set|add)$/],
  ['member', /^(at|find|findLast|get|pop|shift)$/],
  ['copy', /^(slice|filter|concat|flat|toSorted|toReversed|with|splice|values|entries)$/],
  ['each', /^(forEach|map|filter|find|findLast|findIndex|some|every|flatMap|reduce|reduceRight)$/],
];

/** Returns where a platform function puts argument `index`: into its result, a copy, or its receiver, as a member or as a key. */
export function argumentGoes(
  name: string,
  index: number,
): 'through' | 'copied' | 'stored' | 'key' | undefined {
  if (index === 0 && name === 'Map.set') return 'key';
  // Nobody gets the key of a WeakMap from it.
  if (index === 0 && name === 'WeakMap.set') return undefined;
  if (index === 0 && passing.test(name)) return 'through';
  if (copying.test(name)) return 'copied';
  return storing.test(name) ? 'stored' : undefined;
}

// A view of a buffer shares its bytes.
const passing =
  /^(ObjectConstructor\.(freeze|seal|preventExtensions|assign|defineProperty|defineProperties)|PromiseConstructor\.resolve|\w+Array|DataView)$/;
const copying =
  /^(ObjectConstructor\.(values|entries|assign)|ArrayConstructor\.(from|of)|Map|Set|MapConstructor.*|SetConstructor.*)$/;
const storing = /^(Array\.(push|unshift|splice|fill)|Map\.set|Set\.add|WeakMap\.set)$/;
