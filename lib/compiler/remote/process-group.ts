const hasGroups = process.platform !== 'win32';

/** Tells `fork` to begin a group of processes, which {@link endGroup} can end. */
export const ownGroup = { detached: hasGroups } as const;

/**
 * Ends the process that began a group now, with those that it has started: esbuild prints a stack when its parent alone ends in
 * the middle of a build.
 */
export function endGroup(pid: number): void {
  try {
    if (hasGroups) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
