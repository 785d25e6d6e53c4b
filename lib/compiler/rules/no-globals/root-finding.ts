import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { happensLater } from '../analysis/escape.js';
import type { Releases } from '../analysis/releases.js';
import { isAccess, wrapped } from '../analysis/syntax.js';
import { hasNoParts } from '../analysis/types.js';
import { valueUses } from '../analysis/uses.js';
import { changesOf } from './changes.js';
import { isFilledElsewhere } from './filled-elsewhere.js';
import { reassignmentInModule, writesOf } from './reassignment.js';
import { remembersBetweenCalls } from './remembering.js';
import { isValue, isVariable, valueOf, type Root } from './roots.js';
import { statefulValue } from './stateful-value.js';
import type { Stateful } from './stateful.js';

/** Facts about one root alone. */
export type RootFinding =
  | { readonly kind: 'constant' }
  | { readonly kind: 'reassigned'; readonly write: ts.Node }
  | { readonly kind: 'settled'; readonly call: ts.Node }
  | {
      readonly kind: 'value';
      /** Nodes where calls change the value. */
      readonly changes: readonly ts.Node[];
      /** Reason why the value is state even without changes. */
      readonly state: Stateful | undefined;
    };

export function findingOn(analysis: Analysis, releases: Releases, root: Root): RootFinding {
  const write = isVariable(root) ? reassignmentInModule(analysis, root, releases) : undefined;
  if (write) return { kind: 'reassigned', write };
  const call = settlingCall(analysis, root);
  if (call) return { kind: 'settled', call };
  const named = ts.isExportAssignment(root) ? root.expression : root;
  if (isValue(root) && hasNoParts(analysis, named)) return { kind: 'constant' };
  const { later, isFilled } = changesOf(analysis, root);
  const value = valueOf(root);
  const isAssigned = isVariable(root) && writesOf(analysis, root).length > 0;
  const uses = value ? valueUses(analysis, root) : [];
  const state =
    value &&
    statefulValue(analysis, value, {
      typeOf: () => analysis.checker.getTypeAtLocation(named),
      isFilled: isFilled || isAssigned,
      isNested: false,
      isUsed: uses.length > 0,
      isRead: uses.some(isLookedInto),
      isFilledElsewhere: () => isFilledElsewhere(analysis, root),
    });
  return {
    kind: 'value',
    changes: later,
    state: state && remembersBetweenCalls(analysis, root, state) ? state : undefined,
  };
}

// `const { promise, resolve } = Promise.withResolvers()` settles once, for whichever call comes first.
function settlingCall(analysis: Analysis, root: Root): ts.Node | undefined {
  if (!ts.isBindingElement(root) || !/^(resolve|reject)$/.test((root.propertyName ?? root.name).getText())) {
    return undefined;
  }
  if (analysis.checker.getTypeAtLocation(root.parent).symbol?.name !== 'PromiseWithResolvers')
    return undefined;
  return valueUses(analysis, root).find((use) => happensLater(analysis, use, undefined));
}

function isLookedInto(use: ts.Expression): boolean {
  const value = wrapped(use);
  const { parent } = value;
  return (
    (isAccess(parent) && parent.expression === value) ||
    ts.isForOfStatement(parent) ||
    ts.isForInStatement(parent)
  );
}
