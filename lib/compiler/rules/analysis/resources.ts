import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { functionsBehind } from './functions.js';
import { pluginApiUses } from './plugin-context.js';
import { callOf, type FunctionNode } from './syntax.js';

/** Exports of `liveswap/plugin` that hold values which a module may not: these are opened, moved and closed with the version. */
const holders = ['resource', 'kept'];

/** The calls that hold something for the module: what they give is no state of its own. */
export function holdingCalls(analysis: Analysis): ReadonlySet<ts.Node> {
  return new Set(holders.flatMap((name) => callsOf(analysis, name)));
}

/** The functions that open and close the resources of a plugin, those left out of resources that nothing closes. */
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
