import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { functionsBehind } from './functions.js';
import { pluginApiUses } from './plugin-context.js';
import { callOf, type FunctionNode } from './syntax.js';

/** Exports of `liveswap/plugin` that hold values for a module: liveswap opens, moves and closes these with the version. */
const holders = ['resource', 'kept'];

/** The calls that hold something for the module: their results are not state of the module. */
export function holdingCalls(analysis: Analysis): ReadonlySet<ts.Node> {
  return new Set(holders.flatMap((name) => callsOf(analysis, name)));
}

/** The functions that open and close a plugin's resources; resources without a closing function are left out. */
export function closedResources(analysis: Analysis): { open: FunctionNode[]; close: FunctionNode[] } {
  const closed = callsOf(analysis, 'resource').map((call) => {
    const [open, close] = call.arguments ?? [];
    const isClosed = close !== undefined && !ts.isObjectLiteralExpression(close);
    return {
      open: open && isClosed ? functionsBehind(analysis, open) : [],
      close: close ? functionsBehind(analysis, close) : [],
    };
  });
  return { open: closed.flatMap(({ open }) => open), close: closed.flatMap(({ close }) => close) };
}

function callsOf(analysis: Analysis, name: string): (ts.CallExpression | ts.NewExpression)[] {
  return pluginApiUses(analysis, name).flatMap((use) => callOf(use) ?? []);
}
