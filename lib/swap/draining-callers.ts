import type { RouteTable } from '../dispatch/dispatcher.js';
import type { Version } from '../version/version.js';
import type { CallTakeover } from './call-takeover.js';
import type { Generation } from './generation.js';
import type { Retainers } from './retainers.js';

/** Keeps a version for the calls of one that drains. */
export class DrainingCaller {
  readonly version: Version;

  constructor(version: Version) {
    this.version = version;
  }
}

/**
 * What versions that have left the current generation call: the newest, as everybody does, but for names that have changed
 * since into something that they were never checked against. Those are answered by the version that had them before the
 * change, which is kept for that.
 */
export class DrainingCallers {
  readonly #retainers: Retainers<Version>;
  readonly #tables = new WeakMap<Version, Map<string, RouteTable>>();
  /** What waits for the end of what: a version that is kept for another one's sake cannot leave before it. */
  readonly #waits = new Map<Version, Set<Version>>();

  constructor(retainers: Retainers<Version>) {
    this.#retainers = retainers;
  }

  /** A generation is replaced: `draining` are the versions that are not in the next one. */
  onReplaced(previous: Generation, draining: Iterable<Version>, takeover: CallTakeover): void {
    for (const caller of draining) {
      for (const name of namesUsedBy(caller, takeover.lost)) this.#keep(caller, name, previous);
    }
  }

  /** Where a version has to look for a name, if not in the newest generation. */
  tableFor(caller: Version, name: string): RouteTable | undefined {
    return this.#tables.get(caller)?.get(name);
  }

  #keep(caller: Version, name: string, generation: Generation): void {
    const tables = this.#tables.get(caller) ?? new Map<string, RouteTable>();
    this.#tables.set(caller, tables);
    // The first change counts: from then on it is the old one that is asked.
    if (tables.has(name)) return;
    tables.set(name, generation);
    const owner = generation.ownerOf(name);
    if (!owner || owner === caller) return;
    const holder = new DrainingCaller(caller);
    this.#retainers.hold(owner, holder);
    // Two that wait for the end of each other would never end: one of them is kept only until the other is at rest.
    const end = this.#waitsFor(caller, owner) ? caller.whenIdle() : caller.retired;
    const waits = this.#waits.get(owner) ?? new Set();
    this.#waits.set(owner, waits.add(caller));
    void Promise.race([end, caller.retired]).then(() => {
      waits.delete(caller);
      if (waits.size === 0) this.#waits.delete(owner);
      this.#retainers.release(owner, holder);
    });
  }

  /** Whether `version` cannot leave before `other` has. */
  #waitsFor(version: Version, other: Version, seen = new Set<Version>()): boolean {
    if (version === other) return true;
    if (seen.has(version)) return false;
    seen.add(version);
    const before = [...(this.#waits.get(version) ?? []), ...version.dependents];
    return before.some((one) => this.#waitsFor(one, other, seen));
  }
}

/** Those of `names` that the code of a version may call: all of them, where it uses names that nobody can read. */
function namesUsedBy({ artifact }: Version, names: ReadonlySet<string>): string[] {
  const { uses = [], unknownUses = [] } = artifact.manifest;
  if (unknownUses.length > 0) return [...names];
  return [...new Set(uses.map(({ name }) => name))].filter((name) => names.has(name));
}
