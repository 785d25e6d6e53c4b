import { LiveswapError } from '../core/errors.js';
import { storeKeysOf } from '../plugin/store-key.js';
import { checkedKey, type BagView } from './host-bag.js';
import { isStoreKey } from './store-entries.js';

/**
 * Returns the data bag of a plugin, without the entries that other plugins' stores keep there.
 * @throws LiveswapError `OPTION_INVALID`
 */
export function bagOfPlugin(bag: BagView, plugin: string): BagView {
  const own = storeKeysOf(plugin);
  const check = (key: string): string => {
    if (!isStoreKey(checkedKey(key)) || key.startsWith(own)) return key;
    const message = `${plugin} cannot use the key ${key} of the data bag: it belongs to the stores of another plugin; choose another key.`;
    throw new LiveswapError('OPTION_INVALID', message, { plugin, option: 'key', key });
  };
  return {
    get: (key) => bag.get(check(key)),
    set: (key, value) => bag.set(check(key), value),
    has: (key) => bag.has(check(key)),
    delete: (key) => bag.delete(check(key)),
    keys: () => bag.keys(),
    update: (key, update) => bag.update(check(key), update),
  };
}
