import { LiveswapError } from '../core/errors.js';

/**
 * Refuses to build where the permission model lets this process start no other: esbuild is one.
 *
 * @throws LiveswapError `BUILD_FAILED`
 */
export function refuseNoProcesses(isOn = mayStartNone()): void {
  if (!isOn) return;
  const message =
    'Cannot build: under --permission, this process may start no other, and the compiler runs in some. ' +
    'Add --allow-child-process, or load artifacts that were built elsewhere.';
  throw new LiveswapError('BUILD_FAILED', message);
}

/** Only under the permission model does a process have `permission`, which the types of Node 20 do not know. */
function mayStartNone(): boolean {
  const { permission } = process as { readonly permission?: { has(scope: string): boolean } };
  return permission?.has('child') === false;
}
