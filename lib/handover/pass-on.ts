import type { SymbolKind } from '../contract/breaks.js';
import { Takeover } from '../contract/takeover.js';
import { LiveswapError } from '../core/errors.js';
import type { Call } from '../dispatch/call.js';
import { Scope } from '../link/protocol.js';
import type { Version } from '../version/version.js';

/** Returns a function that passes calls of a replaced exclusive version to its successor; it throws when that cannot take them. */
export function passOnTo(version: Version, next: Version | undefined): (call: Call) => void {
  const takes = takesOf(version, next);
  return (call) => {
    if (next && takes(call)) {
      call.pin();
      return next.balancer.dispatch(call);
    }
    const { plugin, id } = version;
    const message = `${version} has left, and no newer version of it can take a call of ${call.name}.`;
    throw new LiveswapError('RETIRED', message, { plugin, version: id, call: call.name });
  };
}

/** Returns a filter for calls to one version that another one can take: it has the name, and can be called in the same way. */
export function takesOf(version: Version, next: Version | undefined): (call: Call) => boolean {
  if (!next) return () => false;
  const takeover = new Takeover([version.artifact.manifest], [next.artifact.manifest]);
  return (call) => hasName(next, call) && takeover.takes(kindOf(call.scope), call.name);
}

function hasName({ artifact, definition }: Version, { scope, name }: Call): boolean {
  if (scope === Scope.export) return definition.exports.includes(name);
  if (scope === Scope.function) return definition.functions.includes(name);
  const { liveFunctions, liveTypes } = artifact.manifest;
  return (scope === Scope.run ? liveTypes : liveFunctions).some((one) => one.name === name);
}

function kindOf(scope: number): SymbolKind {
  if (scope === Scope.export) return 'export';
  if (scope === Scope.function) return 'function';
  return scope === Scope.run ? 'live type' : 'live function';
}
