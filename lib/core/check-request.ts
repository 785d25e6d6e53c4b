import { checkArgument } from './check-argument.js';
import { isFunction, isObject, type Check } from './check-options.js';

/** Told by its headers, because other libraries have classes of their own; those of Node's requests are a plain object. */
const requestCheck: Check = [
  'a Request of the Fetch API',
  (value) => isObject(value) && isFunction((value as Partial<Request>).headers?.get),
];

/** Checks that an argument is a request of the Fetch API, not one of Node. @throws LiveswapError `OPTION_INVALID` */
export function checkRequest(value: unknown): void {
  checkArgument('request', value, requestCheck);
}
