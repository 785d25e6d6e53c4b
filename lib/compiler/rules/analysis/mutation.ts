import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { platformCallee } from './origin.js';
import { accessedName, callOf, isAccess, isWritten, wrapped } from './syntax.js';

/** Returns the node that changes the value of `node`, or something in it, at that place: an assignment, a call of `push`, … */
export function mutationAt(analysis: Analysis, node: ts.Expression): ts.Node | undefined {
  const value = wrapped(node);
  const { parent } = value;
  if (isAccess(parent) && parent.expression === value) return mutationOf(analysis, parent);
  if (!ts.isCallExpression(parent)) return undefined;
  const [first, second] = parent.arguments;
  if (first === value) return mutationOfArgument(analysis, parent);
  return second === value ? mutationByReflect(analysis, parent) : undefined;
}

function mutationOf(
  analysis: Analysis,
  access: ts.PropertyAccessExpression | ts.ElementAccessExpression,
): ts.Node | undefined {
  if (isWritten(access) || ts.isDeleteExpression(wrapped(access).parent)) return wrapped(access).parent;
  const call = callOf(access);
  if (!call || !ts.isCallExpression(call)) return undefined;
  const method = platformCallee(analysis, access);
  const receiver = analysis.checker.getTypeAtLocation(access.expression);
  if (method !== undefined) {
    const isListening = listeners.test(method) && isPlainEmitter(analysis, receiver);
    return mutators.test(method) || isListening ? call : undefined;
  }
  const isUntyped = (receiver.flags & ts.TypeFlags.Any) !== 0;
  return isUntyped && mutatorNames.test(accessedName(access) ?? '') ? call : undefined;
}

/** Returns whether a value is an emitter of the plugin's own, rather than a server, socket or client that also emits. */
function isPlainEmitter(analysis: Analysis, { symbol }: ts.Type): boolean {
  if (!symbol) return false;
  const isOwn = symbol.declarations?.some((declaration) => analysis.references.isOwn(declaration)) ?? false;
  return isOwn || symbol.name === 'EventEmitter' || symbol.name === 'EventTarget';
}

/** Returns the node that keeps a method that changes the value of `node`: `list.push.bind(list)`. */
export function keptMutatorAt(analysis: Analysis, node: ts.Expression): ts.Node | undefined {
  const { parent } = wrapped(node);
  if (!isAccess(parent) || !isAccess(parent.parent) || accessedName(parent.parent) !== 'bind')
    return undefined;
  return mutators.test(platformCallee(analysis, parent) ?? '') ? parent : undefined;
}

function mutationOfArgument(analysis: Analysis, call: ts.CallExpression): ts.Node | undefined {
  const { expression } = call;
  if (!isAccess(expression)) return undefined;
  const name = platformCallee(analysis, expression) ?? '';
  if (writers.test(name)) return call;
  // Array.prototype.push.call(list, …)
  const isBorrowed = /^(CallableFunction|Function)\.(call|apply)$/.test(name);
  return isBorrowed && mutators.test(platformCallee(analysis, expression.expression) ?? '')
    ? call
    : undefined;
}

// Reflect.apply(list.push, list, […])
function mutationByReflect(analysis: Analysis, call: ts.CallExpression): ts.Node | undefined {
  const [method] = call.arguments;
  if (!method || platformCallee(analysis, call.expression) !== 'Reflect.apply') return undefined;
  return mutators.test(platformCallee(analysis, method) ?? '') ? call : undefined;
}

const mutators = new RegExp(
  `^(${[
    'Array\\.(push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin)',
    '(Map|WeakMap)\\.(set|delete|clear)',
    '(Set|WeakSet)\\.(add|delete|clear)',
    '\\w+Array\\.(set|fill|sort|reverse|copyWithin)',
    'Date\\.set\\w+',
    'DataView\\.set\\w+',
    '(url\\.)?URLSearchParams\\.(append|delete|set|sort)',
    '(Headers|FormData)\\.(append|delete|set)',
    '(buffer\\.)?Buffer\\.(write\\w*|fill|swap\\d+|set)',
    'RegExp\\.compile',
    '(crypto\\.)?(Hash|Hmac|Sign|Verify|Cipher\\w*|Decipher\\w*)\\.(update|final|digest)',
    'AbortController\\.abort',
    'PromiseWithResolvers\\.(resolve|reject)',
    '(Async)?DisposableStack\\.(use|adopt|defer|move|dispose|disposeAsync)',
  ].join('|')})$`,
);
const listeners =
  /(^|\.)(EventEmitter|EventTarget)\.(on|once|off|addListener|removeListener|removeAllListeners|prepend\w*Listener|addEventListener|removeEventListener)$/;
const mutatorNames = /^(push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|delete|clear|add)$/;
const writers =
  /^(ObjectConstructor\.(assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(set|deleteProperty|defineProperty|setPrototypeOf)|Atomics\.(add|and|compareExchange|exchange|or|store|sub|xor)|(crypto\.)?(\w+\.)?(getRandomValues|randomFillSync|randomFill))$/;
