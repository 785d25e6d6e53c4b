import { ts } from 'ts-morph';
import type { TextEdit } from '../../../rule.js';
import type { Analysis } from '../../analysis/analysis.js';
import { holdingCalls } from '../../analysis/resources.js';
import { bare } from '../../analysis/syntax.js';
import { platformCallee } from '../../analysis/origin.js';
import type { ModuleState } from '../module-state.js';
import { addImport } from '../../fixes/add-import.js';
import { constantNamed, makerOf } from './constant.js';

/**
 * Wraps a map, set, list or plain object in `kept`, if that is safe: the constant is created in place, and no other state of the
 * plugin has its name.
 */
export function wrapInKept(analysis: Analysis, { node, kind }: ModuleState): readonly TextEdit[] | undefined {
  const constant = kind === 'container' ? constantNamed(node) : undefined;
  if (!constant || !isContainer(analysis, constant.value)) return undefined;
  const name = constant.name.text;
  if (keptNames(analysis).has(name)) return undefined;
  const imported = addImport(constant.name.getSourceFile(), 'kept');
  if (!imported) return undefined;
  const { text } = makerOf(constant.value);
  const { value } = constant;
  const file = value.getSourceFile().fileName;
  return [
    ...imported,
    { file, start: value.getStart(), end: value.getEnd(), text: `kept('${name}', () => ${text})` },
  ];
}

function isContainer(analysis: Analysis, value: ts.Expression): boolean {
  const node = bare(value);
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
  if (ts.isObjectLiteralExpression(node)) return node.properties.length === 0;
  if (!ts.isNewExpression(node) || (node.arguments?.length ?? 0) > 0) return false;
  return /^(Map|Set)(Constructor)?$/.test(platformCallee(analysis, node.expression) ?? '');
}

function keptNames(analysis: Analysis): ReadonlySet<string> {
  const names = [...holdingCalls(analysis)].flatMap((call) => {
    const [first] = ts.isCallExpression(call) ? call.arguments : [];
    return first && ts.isStringLiteralLike(first) ? [first.text] : [];
  });
  return new Set(names);
}
