import { ts } from 'ts-morph';
import type {
  FunctionShape,
  GenericShape,
  ParameterShape,
  Shape,
  SignatureShape,
} from '../../manifest/shape.js';
import { writtenText } from './opaque-shape.js';

/** Reads the shape of a signature's result. */
export type ReadResult = (returned: ts.Type, signature: ts.Signature) => Shape;

/** Reads the shapes of the types in a signature. */
export interface TypeShapes {
  shape(type: ts.Type): Shape;
  /** Reads the type of a field, without the `undefined` of an optional one. */
  field(type: ts.Type, optional: boolean): Shape;
}

/** Reads signatures of functions as shapes: type parameters, parameters, result, and the claim of a type predicate. */
export class SignatureReader {
  readonly #checker: ts.TypeChecker;
  readonly #shapes: TypeShapes;

  constructor(checker: ts.TypeChecker, shapes: TypeShapes) {
    this.#checker = checker;
    this.#shapes = shapes;
  }

  /** Reads all call signatures of a type; `result` reads the types that they return. */
  function(type: ts.Type, result: ReadResult): FunctionShape {
    return { kind: 'function', calls: type.getCallSignatures().map((call) => this.read(call, result)) };
  }

  /** Reads a signature; `result` reads the type that it returns. */
  read(signature: ts.Signature, result: ReadResult): SignatureShape {
    const written = this.#checker.signatureToSignatureDeclaration(
      signature,
      ts.SyntaxKind.FunctionType,
      undefined,
      ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.IgnoreErrors,
    );
    const generics = (signature.typeParameters ?? []).map((parameter) => this.#generic(parameter));
    return {
      ...(generics.length > 0 && { generics }),
      parameters: signature.parameters.map((parameter, index) =>
        this.#parameter(parameter, index, written?.parameters[index]?.questionToken !== undefined),
      ),
      result: result(signature.getReturnType(), signature),
      ...this.#claim(signature),
    };
  }

  #claim(signature: ts.Signature): Pick<SignatureShape, 'claim'> {
    const predicate = this.#checker.getTypePredicateOfSignature(signature);
    if (!predicate) return {};
    const { kind, type, parameterName = 'this' } = predicate;
    const asserts =
      kind === ts.TypePredicateKind.AssertsThis || kind === ts.TypePredicateKind.AssertsIdentifier;
    const is = type ? ` is ${writtenText(type, this.#checker)}` : '';
    const text = `${asserts ? 'asserts ' : ''}${parameterName}${is}`;
    return { claim: { kind: 'opaque', text, ...(type && { parts: [this.#shapes.shape(type)] }) } };
  }

  #generic(parameter: ts.TypeParameter): GenericShape {
    // The constraint is read as it is written, because the checker resolves `keyof T` to every possible key.
    const written = parameter.symbol.declarations?.find((one) => ts.isTypeParameterDeclaration(one));
    const read = (node: ts.TypeNode): Shape => this.#shapes.shape(this.#checker.getTypeFromTypeNode(node));
    return {
      name: parameter.symbol.name,
      ...(written?.constraint && { extends: read(written.constraint) }),
      ...(written?.default && { default: read(written.default) }),
    };
  }

  #parameter(parameter: ts.Symbol, index: number, optional: boolean): ParameterShape {
    const type = this.#checker.getTypeOfSymbol(parameter);
    // A destructured parameter has no name of its own; the checker calls it `__0`.
    const name = /^__\d+$/.test(parameter.name) ? `arg${index}` : parameter.name;
    if (isRest(parameter)) return { name, shape: this.#shapes.shape(type), rest: true };
    return { name, shape: this.#shapes.field(type, optional), ...(optional && { optional }) };
  }
}

/**
 * Returns whether a parameter is declared with `...`. The checker itself prints a rest parameter of a tuple type as several
 * parameters.
 */
export function isRest({ valueDeclaration }: ts.Symbol): boolean {
  return !!valueDeclaration && ts.isParameter(valueDeclaration) && !!valueDeclaration.dotDotDotToken;
}
