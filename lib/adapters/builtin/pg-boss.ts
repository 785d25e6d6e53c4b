import { randomUUID } from 'node:crypto';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { boundHost } from '../../plugin/host-binding.js';
import { takers, type Taker } from '../../plugin/takers.js';
import { defineAdapter } from '../adapter.js';
import { holdUntilSettled } from '../held-function.js';

type Handler = (...jobs: unknown[]) => unknown;
type Work = (queue: string, ...rest: unknown[]) => Promise<string>;
type Query = (...args: unknown[]) => Promise<unknown>;

/** A connection to the database, shared by all workers. */
interface Database {
  executeSql: Query;
}

interface Boss {
  work: Work;
  offWork(which: string | { id: string }): Promise<void>;
  stop(): Promise<void>;
  getDb(): Database;
}

/** A query that is under way: a stopped worker may still be fetching a job. */
class Queries {
  readonly #open = new Set<Promise<unknown>>();

  constructor(database: Database) {
    const run = database.executeSql.bind(database);
    database.executeSql = (...args) => {
      const query = run(...args);
      this.#open.add(query);
      const isOver = (): unknown => this.#open.delete(query);
      query.then(isOver, isOver);
      return query;
    };
  }

  /** Resolves when the queries under way are over, and the jobs that they fetched have begun. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#open);
    await turnEnd();
  }
}

/** Parts of a {@link PolledQueue}. */
interface Polling {
  readonly queue: string;
  /** Begins to poll; resolves to the id that pg-boss has for it. */
  readonly work: (held: (handler: Handler) => Handler) => Promise<string>;
  readonly offWork: Boss['offWork'];
  readonly queries: Queries;
}

/** A call of `work`, which polls a queue. Its id for the app differs from that of pg-boss, which has one only while it polls. */
class PolledQueue implements Taker {
  readonly name: string;
  readonly queue: string;
  readonly id = randomUUID();
  readonly #polling: Polling;
  #working: Promise<string> | undefined;
  #isOff = false;

  constructor(polling: Polling) {
    this.name = `pg-boss ${polling.queue}`;
    this.queue = polling.queue;
    this.#polling = polling;
  }

  start(): void {
    if (this.#isOff) return;
    this.#working = this.#polling.work((handler) => this.#held(handler));
    this.#working.catch((error: unknown) => {
      boundHost().log.error({ err: error }, `${this.name} could not be started.`);
    });
  }

  async pause(): Promise<void> {
    const id = await this.#working?.catch(() => undefined);
    this.#working = undefined;
    if (id === undefined) return;
    await this.#polling.offWork({ id });
    await this.#polling.queries.settled();
  }

  resume(): void {
    this.start();
  }

  end(): void {
    this.#isOff = true;
  }

  /** Ends the polling for good, because the app has stopped it. */
  async off(): Promise<void> {
    this.#isOff = true;
    await this.pause();
  }

  /** Returns a handler whose runs count as pending until the database knows that the job is done. */
  #held(handler: Handler): Handler {
    return (...jobs) => {
      const done = (async () => handler(...jobs))();
      const written = (): Promise<void> => turnEnd().then(() => this.#polling.queries.settled());
      holdUntilSettled(done.then(written, written));
      return done;
    };
  }
}

/** Lets the workers of an instance poll only while its version is active. */
function adaptBoss(boss: Boss): void {
  const queries = new Queries(boss.getDb());
  const polled = new Map<string, PolledQueue>();
  const work = boss.work.bind(boss);
  const offWork = boss.offWork.bind(boss);
  boss.work = (queue, ...rest) => {
    const taker = new PolledQueue({
      queue,
      queries,
      offWork,
      work: (held) =>
        work(queue, ...rest.map((one) => (typeof one === 'function' ? held(one as Handler) : one))),
    });
    polled.set(taker.id, taker);
    takers.add(taker);
    return Promise.resolve(taker.id);
  };
  boss.offWork = async (which) => {
    const off = [...polled.values()].filter(({ id, queue }) =>
      typeof which === 'string' ? queue === which : id === which.id,
    );
    await Promise.all(off.map((one) => one.off()));
    for (const { id } of off) polled.delete(id);
  };
  takers.add({ name: 'pg-boss', start() {}, pause() {}, resume() {}, end: () => boss.stop() });
}

/** Returns the class with instances that are adapted. */
function adaptClass(original: unknown): unknown {
  const stand: object = new Proxy(original as new (...args: unknown[]) => Boss, {
    construct(target, args, newTarget) {
      const boss = Reflect.construct(target, args, newTarget === stand ? target : newTarget) as Boss;
      adaptBoss(boss);
      return boss;
    },
  });
  return stand;
}

export default defineAdapter('pg-boss', { versions: '^10.0.0', exports: { default: adaptClass } });
