import { checkArgument } from '../core/check-argument.js';
import type { Check } from '../core/check-options.js';
import { isObject } from '../core/is-object.js';
import type { Swapper } from './swapper.js';

/** Told by its methods: it may be of another copy of the class. */
const swapperCheck: Check = [
  'a Swapper',
  (value) => {
    const { pin, reload } = (isObject(value) ? value : {}) as Partial<Swapper>;
    return typeof pin === 'function' && typeof reload === 'function';
  },
];

/** Checks that an argument is a swapper. @throws LiveswapError `OPTION_INVALID` */
export function checkSwapper(value: unknown): void {
  checkArgument('swapper', value, swapperCheck);
}
