import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { functionsBehind } from './functions.js';
import { pluginApiUses } from './plugin-context.js';
import { callOf, wrapped, type FunctionNode, type CallOrNew } from './syntax.js';

/** Exports of `liveswap/plugin` that hold values for a module, which liveswap opens, moves and closes with the version. */
const holders = ['resource', 'kept'];

/** Returns the calls that hold a value for the module; their results are not state of the module. */
export function holdingCalls(analysis: Analysis): ReadonlySet<ts.Node> {
  return new Set(holders.flatMap((name) => callsOf(analysis, name)));
}

/** Returns the functions that open and close a plugin's resources; resources without a closing function are left out. */
export function closedResources(analysis: Analysis): { open: FunctionNode[]; close: FunctionNode[] } {
  const closed = callsOf(analysis, 'resource').map((call) => {
    const [open, close] = call.arguments ?? [];
    return {
      open: open && isClosed(call) ? functionsBehind(analysis, open) : [],
      close: close ? functionsBehind(analysis, close) : [],
    };
  });
  return { open: closed.flatMap(({ open }) => open), close: closed.flatMap(({ close }) => close) };
}

/** Returns the constants of resources that need no closing, such as caches. */
export function openResources(analysis: Analysis): ts.Node[] {
  return callsOf(analysis, 'resource')
    .filter((call) => !isClosed(call))
    .map((call) => wrapped(call).parent);
}

function isClosed(call: CallOrNew): boolean {
  const close = call.arguments?.[1];
  return close !== undefined && !ts.isObjectLiteralExpression(close);
}

function callsOf(analysis: Analysis, name: string): CallOrNew[] {
  return pluginApiUses(analysis, name).flatMap((use) => callOf(use) ?? []);
}
