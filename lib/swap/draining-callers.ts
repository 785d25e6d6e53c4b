import type { RouteTable } from '../dispatch/dispatcher.js';
import type { Version } from '../version/version.js';
import type { Generation } from './generation.js';
import type { Retainers } from './retainers.js';

/** Keeps a version alive for the calls of a draining one. */
export class DrainingCaller {
  readonly version: Version;

  constructor(version: Version) {
    this.version = version;
  }
}

/**
 * Routes calls of versions that have left the current generation. They go to the newest versions, like all calls, except for
 * names that have since changed in a way the caller was never checked against. The version that had the name before the change
 * answers those, and is kept for that purpose.
 */
export class DrainingCallers {
  readonly #retainers: Retainers<Version>;
  readonly #tables = new WeakMap<Version, Map<string, RouteTable>>();
  /** Versions that each version waits for: a version kept for another one cannot leave before it. */
  readonly #waits = new Map<Version, Set<Version>>();

  constructor(retainers: Retainers<Version>) {
    this.#retainers = retainers;
  }

  /**
   * Records that a generation is replaced: `draining` are the versions that are not in the next one, and `lostFor` returns the
   * names that it does not offer as a caller needs them.
   */
  onReplaced(
    previous: Generation,
    draining: Iterable<Version>,
    lostFor: (caller: Version) => ReadonlySet<string>,
  ): void {
    for (const caller of draining) {
      for (const name of namesUsedBy(caller, lostFor(caller))) this.#keep(caller, name, previous);
    }
  }

  /** Returns the table in which a version must look up a name, if that is not the newest generation's. */
  tableFor(caller: Version, name: string): RouteTable | undefined {
    return this.#tables.get(caller)?.get(name);
  }

  #keep(caller: Version, name: string, generation: Generation): void {
    const tables = this.#tables.get(caller) ?? new Map<string, RouteTable>();
    this.#tables.set(caller, tables);
    // Only the first change counts: from then on, calls go to the version before it.
    if (tables.has(name)) return;
    tables.set(name, generation);
    const owner = generation.ownerOf(name);
    if (!owner || owner === caller) return;
    const holder = new DrainingCaller(caller);
    this.#retainers.hold(owner, holder);
    // Two versions that wait for each other's end would never end: keep one of them only until the other is idle.
    const end = this.#waitsFor(caller, owner) ? caller.group.whenIdle() : caller.retired;
    const waits = this.#waits.get(owner) ?? new Set();
    this.#waits.set(owner, waits.add(caller));
    void Promise.race([end, caller.retired]).then(() => {
      waits.delete(caller);
      if (waits.size === 0) this.#waits.delete(owner);
      this.#retainers.release(owner, holder);
    });
  }

  /** Returns true when `version` cannot leave before `other` has. */
  #waitsFor(version: Version, other: Version, seen = new Set<Version>()): boolean {
    if (version === other) return true;
    if (seen.has(version)) return false;
    seen.add(version);
    const before = [...(this.#waits.get(version) ?? []), ...version.dependents];
    return before.some((one) => this.#waitsFor(one, other, seen));
  }
}

/**
 * Returns those of `names` that the code of a version may call: all of them if it uses names that are unknown before run time.
 */
function namesUsedBy({ artifact }: Version, names: ReadonlySet<string>): string[] {
  const { uses = [], unknownUses = [] } = artifact.manifest;
  if (unknownUses.length > 0) return [...names];
  return [...new Set(uses.map(({ name }) => name))].filter((name) => names.has(name));
}
