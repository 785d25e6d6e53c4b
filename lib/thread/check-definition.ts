import {
  checkOptions,
  isBoolean,
  isFunction,
  isObject,
  type Check,
  type Checks,
} from '../core/check-options.js';
import { LiveswapError } from '../core/errors.js';
import type { PluginDefinition } from '../plugin/definition.js';

const hook: Check = ['a function', isFunction];
const isTable = (value: unknown): boolean => isObject(value) || isFunction(value);

/** `app` stands for the server that is served as it is. */
const checks: Checks<PluginDefinition & { readonly app?: unknown }> = {
  reloadable: ['true, false, or a function', (value) => isBoolean(value) || isFunction(value)],
  exports: ['an object of functions, or a function that returns one', isTable],
  functions: ['an object of functions', isTable],
  http: ['an app, or a function that makes one', isTable],
  app: ['an app', isTable],
  removed: ['an object of reasons', isObject],
  onLoad: hook,
  onInit: hook,
  onFree: hook,
  onActive: hook,
  onYield: hook,
  activeIn: ["'version' or 'thread'", (value) => value === 'version' || value === 'thread'],
  exclusive: ['true or false', isBoolean],
};

/**
 * Checks the definition of a plugin, which a build without types and rules does not.
 * @throws LiveswapError `OPTION_INVALID` naming the option
 */
export function checkDefinition(definition: PluginDefinition, plugin: string): void {
  try {
    checkOptions(definition, checks);
  } catch (error) {
    throw unusable(plugin, error as LiveswapError);
  }
}

function unusable(plugin: string, { message, option }: LiveswapError): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `Cannot use what ${plugin} gives to definePlugin: ${message}`, {
    plugin,
    option,
  });
}
