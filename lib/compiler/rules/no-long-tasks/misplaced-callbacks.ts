import { ts } from 'ts-morph';
import { isGivenToAdapted } from '../analysis/adapted-making.js';
import type { Analysis } from '../analysis/analysis.js';
import { initializerOf } from '../analysis/functions.js';
import { isOfPackage, platformCallee } from '../analysis/origin.js';
import { bare, isAccess, isFunctionNode } from '../analysis/syntax.js';
import { isPackageType, isPromise, isSignal, platformBases } from '../analysis/types.js';

/** Returns the functions in a file that return a promise where a function without a result is expected. */
export function misplacedCallbacks(analysis: Analysis, file: ts.SourceFile): ts.Node[] {
  const { nodes } = analysis;
  const calls = [
    ...nodes.in<ts.CallExpression>(file, ts.SyntaxKind.CallExpression),
    ...nodes.in<ts.NewExpression>(file, ts.SyntaxKind.NewExpression),
  ];
  const properties = nodes.in<ts.PropertyAssignment>(file, ts.SyntaxKind.PropertyAssignment);
  const given = [
    ...calls.flatMap((call) => [...(call.arguments ?? [])]),
    ...properties.map((property) => property.initializer),
  ];
  const methods = nodes.in<ts.MethodDeclaration>(file, ts.SyntaxKind.MethodDeclaration);
  return [
    ...given.filter((node) => isMisplacedCallback(analysis, node)),
    ...methods.filter((method) => isMisplacedMethod(analysis, method)).map((method) => method.name),
  ];
}

function isMisplacedCallback(analysis: Analysis, node: ts.Expression): boolean {
  if (!isFunctionName(analysis, node)) return false;
  const { checker } = analysis;
  const gives = checker.getTypeAtLocation(node).getCallSignatures();
  if (!gives.some((signature) => isPromise(analysis, signature.getReturnType()))) return false;
  const expected = checker.getContextualType(node);
  if (expected === undefined || isAnsweredOtherwise(analysis, node.parent)) return false;
  return givesNothing(expected) && !isGivenToAdapted(analysis, node);
}

function isMisplacedMethod(analysis: Analysis, node: ts.MethodDeclaration): boolean {
  if (!ts.isObjectLiteralExpression(node.parent)) return false;
  const { checker } = analysis;
  const property = checker.getContextualType(node.parent)?.getProperty(node.name.getText());
  if (!property || !givesNothing(checker.getNonNullableType(checker.getTypeOfSymbol(property)))) return false;
  const gives = checker.getSignatureFromDeclaration(node);
  return gives !== undefined && isPromise(analysis, gives.getReturnType());
}

function givesNothing(type: ts.Type): boolean {
  const wanted = signaturesOf(type);
  return (
    wanted.length > 0 &&
    wanted.every((signature) => (signature.getReturnType().flags & ts.TypeFlags.Void) !== 0)
  );
}

// Checking the declaration is cheaper than computing the type of every argument.
function isFunctionName(analysis: Analysis, node: ts.Expression): boolean {
  if (isFunctionNode(node)) return true;
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return false;
  return analysis.references.declarationsOf(ts.isIdentifier(node) ? node : node.name).some((declaration) => {
    const value = initializerOf(declaration);
    return ts.isFunctionLike(value ? bare(value) : declaration);
  });
}

function signaturesOf(type: ts.Type): readonly ts.Signature[] {
  return type.isUnion() ? type.types.flatMap(signaturesOf) : type.getCallSignatures();
}

// An async executor is a finding of its own. A server waits for the answer rather than for its handler, an abort listener ends
// something, and a timer is checked as a timer.
function isAnsweredOtherwise(analysis: Analysis, call: ts.Node): boolean {
  if (ts.isNewExpression(call)) return isPromise(analysis, analysis.checker.getTypeAtLocation(call));
  if (!ts.isCallExpression(call)) return false;
  const callee = call.expression;
  if (answerers.test(platformCallee(analysis, callee) ?? '')) return true;
  if (isPackages(analysis, call)) return true;
  if (!isAccess(callee)) return false;
  const subject = analysis.checker.getTypeAtLocation(callee.expression);
  return isSignal(analysis, callee.expression) || platformBases(analysis, subject).includes('Server');
}

// Packages document async handlers: `app.get('/', async …)`, `client.on('message', async …)`.
function isPackages(analysis: Analysis, call: ts.CallExpression): boolean {
  const { expression } = call;
  if (isAccess(expression) && isPackageType(analysis, expression.expression)) return true;
  const declaration = analysis.checker.getResolvedSignature(call)?.declaration;
  return declaration !== undefined && isOfPackage(analysis, declaration);
}

const answerers =
  /^((timers\.)?set(Interval|Timeout|Immediate)|(https?|http2|net|tls)\.create(Secure)?Server)$/;
