import type { SymbolKind } from '../contract/breaks.js';
import { Takeover } from '../contract/takeover.js';
import { LiveswapError } from '../core/errors.js';
import type { Call } from '../dispatch/call.js';
import { Scope } from '../link/protocol.js';
import type { Version } from '../version/version.js';

/** Gives calls of an exclusive version that was replaced to the one in its place, where that can take them. */
export function passOnTo(version: Version, next: Version | undefined): (call: Call) => void {
  const takes = takesOf(version, next);
  return (call) => {
    if (next && takes(call)) {
      call.pin();
      return next.balancer.dispatch(call);
    }
    const { plugin, id } = version;
    const message = `${version} has left, and no newer version of it can take a call of ${call.name}.`;
    call.fail(new LiveswapError('RETIRED', message, { plugin, version: id, call: call.name }));
  };
}

/** Which calls that were made for one version another one can take: it has the name, and can be called like the old one. */
export function takesOf(version: Version, next: Version | undefined): (call: Call) => boolean {
  if (!next) return () => false;
  const takeover = new Takeover([version.artifact.manifest], [next.artifact.manifest]);
  return (call) => hasName(next, call) && takeover.takes(kindOf(call.scope), call.name);
}

function hasName({ artifact, exports, functions }: Version, { scope, name }: Call): boolean {
  if (scope === Scope.export) return exports.includes(name);
  if (scope === Scope.function) return functions.includes(name);
  const { liveFunctions, liveTypes } = artifact.manifest;
  return (scope === Scope.run ? liveTypes : liveFunctions).some((one) => one.name === name);
}

function kindOf(scope: number): SymbolKind {
  if (scope === Scope.export) return 'export';
  if (scope === Scope.function) return 'function';
  return scope === Scope.run ? 'live type' : 'live function';
}
