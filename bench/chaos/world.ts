import type { ErrorCode, Swapper } from '../../lib/index.js';
import type { Deploys } from './deploys.js';
import type { History } from './history.js';
import type { Ledger } from './ledger.js';
import type { Answer, MakePlugin } from './edition.js';

/** Codes with which any call may be refused, because threads die and versions are given up in every run. */
export const mishaps: readonly ErrorCode[] = ['THREAD_CRASHED', 'VERSION_FAILED', 'QUEUE_FULL'];

/** Objects that the subjects of a run share. */
export interface World {
  readonly swapper: Swapper;
  readonly history: History;
  readonly ledger: Ledger;
  readonly deploys: Deploys;
  /** Folder of all releases. */
  readonly base: string;
  /** Makes editions of the plugin that has the live functions of all subjects. */
  readonly guardian: MakePlugin;
  /** A signal that lives as long as the run, and is given to many calls. */
  readonly longLived: AbortSignal;
  /** Waits until nothing is under way, and checks everything. */
  readonly rest: () => Promise<void>;
}

/** Returns an objection to answers of calls that are made now: they must come from a version that may answer. */
export function fitting({ history }: World): (answer: unknown) => string | undefined {
  const made = history.now();
  return (answer) => history.objection(answer as Answer, made);
}

/** Like {@link fitting}, for answers that are lists of answers. */
export function allFitting(world: World): (answers: unknown) => string | undefined {
  const fits = fitting(world);
  return (answers) => (answers as unknown[]).map(fits).find(Boolean);
}

/** Calls a live function that answers with its identity. */
export function ask(world: World, name: string, ...args: unknown[]): Promise<void> {
  return world.ledger.follow(name, () => world.swapper.call(name, ...args), fitting(world), mishaps);
}

/** Returns an objection to any answer. */
export function unexpected(answer: unknown): string {
  return `answered ${JSON.stringify(answer)}`;
}
