import { ts } from 'ts-morph';
import { memberName } from '../../manifest/shape-text.js';
import type { LiveSymbol } from '../collect/live-symbols.js';
import { docOf, parametersText } from './declaration-text.js';
import type { EmittedModule } from './emitted-module.js';
import { liveParameter } from './live-parameter.js';
import { positionMark } from './position-marks.js';
import type { TypeSpace } from './type-space.js';
import { Unsayable } from './unsayable.js';

/** A live function as a member of the table of live functions. */
export interface LiveMember {
  readonly text: string;
  /** Signatures of calls by name, if the member is generic or overloaded, so that parameters cannot be computed from it. */
  readonly overloads: readonly string[];
}

/**
 * Returns a live function as its callers see it, in the names of `space`; `liveTypes` are those of its plugin.
 * @throws Unsayable
 */
export function liveMember(
  symbol: LiveSymbol,
  module: EmittedModule,
  space: TypeSpace,
  liveTypes: ReadonlySet<string>,
): LiveMember {
  const declarations = module.declarationsOf(localName(symbol));
  const [first] = declarations ?? [];
  if (!declarations || !first) throw new Unsayable(symbol.name);
  const name = `${positionMark(symbol.declaration)}${memberName(symbol.name)}`;
  const signatures = signaturesOf(declarations);
  if (!signatures) {
    return {
      text: `${docOf(first, module)}${name}: ${propertyType(first, symbol, module, space)};`,
      overloads: [],
    };
  }
  const results = resultKinds(symbol);
  const said = signatures.map((signature, index) => {
    const { type } = signature;
    if (!type) throw new Unsayable(symbol.name);
    // Overloaded functions are given what is passed, as it is.
    const revived = signatures.length === 1 ? liveTypes : new Set<string>();
    const parameters = signature.parameters.map((one) => parameterText(one, module, space, revived));
    const generics = parametersText(signature, module, space);
    const result = promised(space.text(type, module), results[index] ?? 'any');
    return { generics, parameters, result, doc: docOf(declarations[index] ?? first, module) };
  });
  const [only] = said;
  const literal = JSON.stringify(symbol.name);
  const isByName = said.length > 1 || only?.generics !== '';
  return {
    text:
      only && said.length === 1
        ? `${only.doc}${name}: ${only.generics}(${only.parameters.join(', ')}) => ${only.result};`
        : said
            .map(
              ({ doc, generics, parameters, result }) =>
                `${doc}${name}${generics}(${parameters.join(', ')}): ${result};`,
            )
            .join('\n'),
    overloads: isByName
      ? said.map(({ doc, generics, parameters, result }) => {
          const all = [`liveName: ${literal}`, ...parameters].join(', ');
          return `${doc}${generics}(${all}): ${result};`;
        })
      : [],
  };
}

/** Returns the own name of a live type in its module. */
export function localName({ declaration }: LiveSymbol): string {
  return declaration.name?.getText() ?? 'default';
}

function parameterText(
  parameter: ts.ParameterDeclaration,
  module: EmittedModule,
  space: TypeSpace,
  liveTypes: ReadonlySet<string>,
): string {
  const live = liveParameter(parameter.type, liveTypes, module.file);
  if (!live) return space.text(parameter, module);
  const { text } = module.file;
  const start = live.getStart(module.file);
  const fields = `Types[${JSON.stringify(text.slice(start, live.end))}]['fields']`;
  return text.slice(parameter.getStart(module.file), start) + fields + text.slice(live.end, parameter.end);
}

type Signature = ts.FunctionDeclaration | ts.FunctionTypeNode | ts.CallSignatureDeclaration;

/** Returns the explicit signatures; `undefined` if a type has a name of its own. */
function signaturesOf(declarations: readonly ts.Declaration[]): readonly Signature[] | undefined {
  const functions = declarations.filter(ts.isFunctionDeclaration);
  if (functions.length > 0) return functions;
  const [variable] = declarations;
  const type = variable && ts.isVariableDeclaration(variable) ? variable.type : undefined;
  if (!type) return undefined;
  if (ts.isFunctionTypeNode(type)) return [type];
  if (!ts.isTypeLiteralNode(type)) return undefined;
  const calls = type.members.filter(ts.isCallSignatureDeclaration);
  return calls.length === type.members.length ? calls : undefined;
}

function propertyType(
  declaration: ts.Declaration,
  symbol: LiveSymbol,
  module: EmittedModule,
  space: TypeSpace,
): string {
  const type = ts.isVariableDeclaration(declaration) ? declaration.type : undefined;
  if (!type) throw new Unsayable(symbol.name);
  const text = space.text(type, module);
  if (resultKinds(symbol).every((kind) => kind === 'promise')) return text;
  return `(...args: Parameters<${text}>) => Promise<Awaited<ReturnType<${text}>>>`;
}

/**
 * Kind of a declared result: a promise, a plain value, or `any` of both. Awaiting any value gives the value to which a call
 * resolves.
 */
type ResultKind = 'promise' | 'plain' | 'any';

function promised(result: string, kind: ResultKind): string {
  if (kind === 'promise') return result;
  return kind === 'plain' ? `Promise<${result}>` : `Promise<Awaited<${result}>>`;
}

function resultKinds({ file, symbol, declaration }: LiveSymbol): ResultKind[] {
  const checker = file.getProject().getTypeChecker().compilerObject;
  const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
  return type.getCallSignatures().map((signature) => {
    const returned = signature.getReturnType();
    if (returned.symbol?.name === 'Promise') return 'promise';
    return checker.getAwaitedType(returned) === returned ? 'plain' : 'any';
  });
}
