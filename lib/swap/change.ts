import { LiveswapError, messageOf } from '../core/errors.js';
import type { Version } from '../plugin/version.js';
import type { HostBag, StagedBag } from '../vault/host-bag.js';
import { asDataBag } from '../vault/host-bag.js';
import type { LiveDataWire } from '../vault/live-data.js';
import { liveTable } from '../vault/vault-client.js';
import type { Caller } from './caller.js';
import { Generation, type Member } from './generation.js';
import { launch } from './launch.js';
import type { OnReload } from './options.js';
import { planReload } from './plan.js';
import type { Startable, VersionFactory } from './version-factory.js';
import type { Home, VersionServices } from './version-services.js';

/** What a change of generation works with. */
export interface ChangeTools {
  readonly factory: VersionFactory;
  readonly services: VersionServices;
  readonly bag: HostBag;
  readonly caller: Caller;
  readonly extension: (() => object) | undefined;
}

/** What a change is to do. */
export interface ChangeRequest {
  readonly id: number;
  readonly startables: readonly Startable[];
  readonly data: unknown;
  readonly previous: Generation | undefined;
  readonly vetoes: readonly OnReload[];
}

/** A generation that is up and waits for the one assignment that makes it current. */
export interface PreparedChange {
  readonly generation: Generation;
  /** Milliseconds that starting its versions took. */
  readonly startMs: number;
  /** To be called right after the assignment. */
  readonly commit: () => void;
}

/**
 * Brings the next generation up beside the current one, or leaves no trace: whatever fails, what was started is freed and
 * closed, and the current generation has not noticed.
 */
export async function prepareChange(tools: ChangeTools, request: ChangeRequest): Promise<PreparedChange> {
  const running = runningOf(request.previous);
  const steps = planReload(request.startables, running);
  const began = performance.now();
  const bag = tools.bag.stage();
  const members: Member[] = [];
  const fresh: Version[] = [];
  try {
    for (const step of steps) {
      const version =
        step.kind === 'carry' ? step.running.version : await tools.factory.create(step.candidate);
      if (step.kind === 'start') fresh.push(version);
      members.push({ version, note: step.note });
    }
    const { generation, home } = await bringUp(tools, request, members, fresh, bag);
    const startMs = performance.now() - began;
    for (const veto of request.vetoes) await runVeto(veto, generation, request.previous);
    for (const version of fresh) for (const { death } of version.threads) if (death) throw death;
    return {
      generation,
      startMs,
      commit() {
        bag.commit();
        tools.services.settle(generation.versions, { ...home, bag: tools.bag, vault: 'current' });
        for (const version of generation.versions) version.activate();
      },
    };
  } catch (error) {
    await abandon(fresh, error);
    throw error;
  }
}

async function bringUp(
  { services, caller, extension }: ChangeTools,
  { id, data }: ChangeRequest,
  members: readonly Member[],
  fresh: readonly Version[],
  bag: StagedBag,
): Promise<{ generation: Generation; home: Home }> {
  const object = extension?.() ?? {};
  const vault = {
    call: (name: string, ...args: unknown[]) => caller.call(name, ...args),
    run: (data: LiveDataWire) => caller.run(data),
    live: liveTable((name, args) => caller.call(name, ...args)),
    dataBag: asDataBag(bag),
    extension: object,
  };
  const generation = new Generation(id, members, vault);
  const home: Home = { generation, bag, extension: object, vault: 'closed' };
  services.settle(fresh, home);
  await launch(members, data, {
    openVault: () => services.settle(fresh, { ...home, vault: 'open' }),
    carryOver: (version) => services.repeatRegistrations(version, object),
  });
  return { generation, home };
}

interface Running {
  readonly version: Version;
  readonly source: Version['source'];
  readonly reloadable: boolean;
  readonly usable: boolean;
}

function runningOf(previous: Generation | undefined): Map<string, Running> {
  const versions = previous?.versions ?? [];
  return new Map(
    versions.map((version) => [
      version.plugin.toLowerCase(),
      {
        version,
        source: version.source,
        reloadable: version.reloadable,
        usable: version.state.kind === 'active',
      },
    ]),
  );
}

async function runVeto(veto: OnReload, next: Generation, previous: Generation | undefined): Promise<void> {
  try {
    await veto(next, previous);
  } catch (cause) {
    throw new LiveswapError('RELOAD_VETOED', `onReload refused the new generation: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Frees what was started, dependents first. */
async function abandon(fresh: readonly Version[], cause: unknown): Promise<void> {
  const error =
    cause instanceof LiveswapError ? cause : new LiveswapError('START_FAILED', messageOf(cause), { cause });
  for (const version of fresh.toReversed()) await version.abandon(error);
}
