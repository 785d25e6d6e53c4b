import { methodNamesOf } from '../core/method-names.js';
import { Scope } from '../link/protocol.js';
import { argumentReviver, type LiveClasses, type LiveData } from '../live-data/live-data.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import type { RevivedByName } from '../surface/revived-parameters.js';

/** Answers the calls of one name. */
export type Answerer = (...args: unknown[]) => unknown;

/** An instance of a live type that can be run. */
interface Job {
  handle(): unknown;
}

/** The functions that can be called in a thread, by scope and name. */
export class Answerers {
  readonly #byScope = new Map<number, Map<string, Answerer>>();

  get(scope: number, name: string): Answerer | undefined {
    return this.#byScope.get(scope)?.get(name);
  }

  namesOf(scope: Scope): string[] {
    return [...(this.#byScope.get(scope)?.keys() ?? [])];
  }

  /** Adds the functions of a table, or the methods of an instance; arguments are revived for those that take live types. */
  add(scope: Scope, table: object | undefined, taken: RevivedByName | undefined, classes: LiveClasses): void {
    const answerers = new Map<string, Answerer>();
    for (const name of table ? new Set([...Object.keys(table), ...methodNamesOf(table)]) : []) {
      const value = (table as Readonly<Record<string, unknown>>)[name];
      if (typeof value !== 'function') continue;
      const apply: Answerer = (...args): unknown => Reflect.apply(value, table, args);
      const takes = taken && Object.hasOwn(taken, name) ? taken[name] : undefined;
      const revive = takes && argumentReviver(takes, classes);
      answerers.set(name, revive ? (...args) => apply(...revive(args)) : apply);
    }
    this.#byScope.set(scope, answerers);
  }

  /** Adds the handlers that `run` looks up: the job of a live type is done by `handle()` of an instance of its newest class. */
  addHandlers(types: ArtifactModule['liveTypes']): void {
    const handlers = new Map<string, Answerer>();
    for (const [name, { prototype }] of Object.entries(types)) {
      if (typeof (prototype as Partial<Job>).handle !== 'function') continue;
      handlers.set(name, (data) => (data as LiveData<Job>).unwrap().handle());
    }
    this.#byScope.set(Scope.run, handlers);
  }
}
