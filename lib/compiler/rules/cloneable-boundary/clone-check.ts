import { ts } from 'ts-morph';
import { entryStep, keyStep, memberStep } from '../../../core/path-step.js';
import type { Analysis } from '../analysis/analysis.js';
import { DeclaredTypes, isReference } from './declared-types.js';
import { firstOf } from '../analysis/lists.js';
import { isLiveData } from '../analysis/liveswap-package.js';
import { isOfPlatform } from '../analysis/origin.js';
import {
  insideOf,
  itemOf,
  memberOf,
  pulledOf,
  cloneProblems,
  startOf,
  type CloneProblem,
  type Position,
} from './clone-problem.js';
import {
  crossesAsIs,
  hasMethods,
  isAsyncIterable,
  isClassMethod,
  isKey,
  isNodeStream,
  isPrimitive,
} from './type-traits.js';
import { hasInstead, insteadOf, platformKind, type PlatformKind } from './platform-kinds.js';

/** Options that vary from plugin to plugin. */
export interface CloneCheckOptions {
  /** Prefix of class names whose instances are revived on the other side. */
  readonly livePrefix: string;
  /** True when the plugin marks moved values with `transfer`. */
  readonly transfers: boolean;
}

// Types that grow as they recurse (`Nest<T[]>` in `Nest<T>`) never repeat, so depth and number are limited.
const DEEPEST = 12;
const MOST = 2000;

/** Searches types for parts that cannot cross a thread. */
export class CloneCheck {
  readonly #analysis: Analysis;
  readonly #declared: DeclaredTypes;
  readonly #checker: ts.TypeChecker;
  readonly #options: CloneCheckOptions;
  readonly #seenAtTop = new Set<ts.Type>();
  readonly #seenInside = new Set<ts.Type>();

  constructor(analysis: Analysis, options: CloneCheckOptions) {
    this.#analysis = analysis;
    this.#checker = analysis.checker;
    this.#declared = new DeclaredTypes(analysis, options.livePrefix);
    this.#options = options;
  }

  /** Returns the first problem in the type of a parameter. */
  argument(parameter: ts.Symbol, name: string): CloneProblem | undefined {
    this.#forget();
    return this.#findInParameter(parameter, startOf(name, 'argument', true));
  }

  /**
   * Returns the first problem in the result of a function; a promise counts as its value. `revives` is true when callers have the
   * classes of live types, or expect only their fields.
   */
  result(type: ts.Type, revives: boolean): CloneProblem | undefined {
    this.#forget();
    return this.#awaited(type, startOf('result', 'result', revives));
  }

  #forget(): void {
    this.#seenAtTop.clear();
    this.#seenInside.clear();
  }

  #awaited(type: ts.Type, position: Position): CloneProblem | undefined {
    return this.#find(this.#checker.getAwaitedType(type) ?? type, position);
  }

  #find(type: ts.Type, position: Position): CloneProblem | undefined {
    if (crossesAsIs(type) || position.depth > DEEPEST || this.#seenInside.size > MOST) return undefined;
    if (type.flags & ts.TypeFlags.ESSymbolLike) return cloneProblems.symbol(position);
    if (type.isIntersection()) return this.#findInIntersection(type, position);
    if (type.isUnion()) return firstOf(type.types, (part) => this.#find(part, position));
    if (type.flags & ts.TypeFlags.Object) return this.#findInObject(type, position);
    if (type.isTypeParameter() && isKey(type, this.#checker)) return undefined;
    const constraint = this.#checker.getBaseConstraintOfType(type);
    return constraint && constraint !== type ? this.#find(constraint, position) : undefined;
  }

  #findInIntersection({ types }: ts.IntersectionType, position: Position): CloneProblem | undefined {
    // The brand of a branded primitive exists for the type checker only.
    if (types.some(isPrimitive)) return undefined;
    return firstOf(types, (part) => this.#find(part, position));
  }

  #findInObject(type: ts.Type, position: Position): CloneProblem | undefined {
    if (this.#isKnown(type, position)) return undefined;
    if (this.#checker.isTupleType(type)) {
      return firstOf(this.#typeArguments(type), (item, index) =>
        this.#find(item, itemOf(position, String(index))),
      );
    }
    if (this.#checker.isArrayType(type)) return this.#findInArguments(type, [itemOf(position)]);
    const symbol = type.getSymbol();
    const name = symbol && this.#declared.platformName(symbol);
    const kind = name === undefined ? undefined : platformKind(name);
    if (kind) return this.#findInPlatform(type, kind, position);
    if (symbol && isLiveData(symbol, this.#analysis.plugin.project)) return undefined;
    if (type.getConstructSignatures().length > 0) return cloneProblems.class(position);
    if (type.getCallSignatures().length > 0) return this.#findInFunction(type, position);
    if (position.top && isAsyncIterable(type, this.#checker)) return undefined;
    if (isNodeStream(type, this.#analysis) && !hasInstead(name)) {
      return position.top ? undefined : cloneProblems.nested(position, 'a stream of Node');
    }
    if (name !== undefined && !this.#declared.crossingBase(type) && hasMethods(type, this.#checker)) {
      return cloneProblems.instance(position, name, insteadOf(name));
    }
    return this.#findInMembers(type, position);
  }

  /** Returns whether the type was already searched in a position with the same rules. */
  #isKnown(type: ts.Type, { top }: Position): boolean {
    const known = top ? this.#seenAtTop : this.#seenInside;
    if (known.has(type)) return true;
    known.add(type);
    return false;
  }

  #findInPlatform(type: ts.Type, kind: PlatformKind, position: Position): CloneProblem | undefined {
    switch (kind) {
      case 'value':
        return undefined;
      case 'map':
        return this.#findInArguments(type, [insideOf(position, keyStep()), insideOf(position, entryStep())]);
      case 'set':
        return this.#findInArguments(type, [insideOf(position, memberStep())]);
      case 'iterable':
        if (position.side === 'result') return cloneProblems.iterator(position);
        return this.#findInArguments(type, [itemOf(position)]);
      case 'async iterable':
        return position.top
          ? this.#findInArguments(type, [pulledOf(position)])
          : cloneProblems.nested(position, 'an async iterable');
      case 'stream':
        return this.#findInArguments(type, [pulledOf(position)]);
      case 'port':
        if (position.top || position.side === 'argument' || this.#options.transfers) return undefined;
        return cloneProblems.unmoved(position);
      case 'function':
        return position.top && position.side === 'argument' ? undefined : cloneProblems.function(position);
      default:
        return cloneProblems[kind](position);
    }
  }

  #findInFunction(type: ts.Type, position: Position): CloneProblem | undefined {
    if (!position.top || position.side === 'result') return cloneProblems.function(position);
    // The arguments and the result of a call-back cross as well, in the opposite direction.
    return firstOf(type.getCallSignatures(), (signature) => this.#findInSignature(signature, position));
  }

  #findInSignature(signature: ts.Signature, position: Position): CloneProblem | undefined {
    const depth = position.depth + 1;
    return (
      firstOf(signature.parameters, (parameter) =>
        this.#findInParameter(parameter, { ...position, path: `${position.path}(${parameter.name})`, depth }),
      ) ??
      this.#awaited(signature.getReturnType(), {
        ...position,
        path: `${position.path}()`,
        side: 'result',
        revives: false,
        depth,
      })
    );
  }

  #findInParameter(parameter: ts.Symbol, position: Position): CloneProblem | undefined {
    const type = this.#checker.getTypeOfSymbol(parameter);
    return firstOf(this.#eachArgument(parameter, type), (part) => this.#find(part, position));
  }

  /** Returns the types of the arguments that a parameter takes; those of a rest parameter one by one. */
  #eachArgument({ valueDeclaration }: ts.Symbol, type: ts.Type): readonly ts.Type[] {
    const rest = valueDeclaration && ts.isParameter(valueDeclaration) && valueDeclaration.dotDotDotToken;
    return rest && (this.#checker.isArrayType(type) || this.#checker.isTupleType(type))
      ? this.#typeArguments(type)
      : [type];
  }

  #findInMembers(type: ts.Type, position: Position): CloneProblem | undefined {
    this.#seenInside.add(type);
    const base = this.#declared.crossingBase(type);
    const members = this.#checker
      .getPropertiesOfType(type)
      .filter((member) => !base || !member.declarations?.every((node) => isOfPlatform(this.#analysis, node)));
    return (
      (base && this.#find(base, position)) ??
      firstOf(members, (member) => this.#findInMember(member, type, position)) ??
      firstOf(this.#checker.getIndexInfosOfType(type), ({ type: value }) =>
        this.#find(value, itemOf(position, 'key')),
      )
    );
  }

  #findInMember(member: ts.Symbol, owner: ts.Type, position: Position): CloneProblem | undefined {
    const name = String(member.escapedName);
    const method = member.declarations?.find(isClassMethod);
    const lost = () => cloneProblems.instance(position, this.#checker.typeToString(owner));
    if (method ?? name.startsWith('__#')) {
      const live = this.#declared.liveName(owner, method?.parent);
      if (live) return live.isOwn && position.revives ? undefined : cloneProblems.live(position, live.name);
      return this.#declared.isError(owner) ? undefined : lost();
    }
    const type = this.#checker.getTypeOfSymbol(member);
    if (!name.startsWith('__@')) return this.#find(type, memberOf(position, member.name));
    // A property with a symbol as its key does not cross, which is harmless for a brand but not for a method.
    return type.getCallSignatures().length > 0 ? lost() : undefined;
  }

  #findInArguments(type: ts.Type, positions: readonly Position[]): CloneProblem | undefined {
    const given = this.#typeArguments(type);
    return firstOf(positions, (position, index) => {
      const argument = given[index];
      return argument && this.#find(argument, position);
    });
  }

  #typeArguments(type: ts.Type): readonly ts.Type[] {
    return isReference(type) ? this.#checker.getTypeArguments(type) : [];
  }
}
