import { LiveswapError, messageOf } from '../core/errors.js';
import { untilAborted } from '../core/until-aborted.js';
import type { Version } from '../version/version.js';
import type { HostBag, StagedBag } from './host-bag.js';
import { asDataBag } from './host-bag.js';
import { liveTable } from '../plugin/live-table.js';
import type { Caller } from './caller.js';
import { Generation, type Member } from './generation.js';
import { launch } from './launch.js';
import type { OnReload } from './options.js';
import { planReload, type Running, type Step } from './plan.js';
import type { Startable, VersionFactory } from './version-factory.js';
import type { Home, VaultHost } from './vault-host.js';

/** What a change of generation works with. */
export interface ChangeTools {
  readonly factory: VersionFactory;
  readonly vaultHost: VaultHost;
  readonly bag: HostBag;
  readonly caller: Caller;
  readonly extension: (() => object) | undefined;
  /** Gives the change up when aborted. */
  readonly signal: AbortSignal;
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
  const { signal, vaultHost } = tools;
  const steps = planReload(request.startables, runningOf(request.previous));
  const began = performance.now();
  const bag = tools.bag.stage();
  const members: Member[] = [];
  const fresh: Version[] = [];
  try {
    signal.throwIfAborted();
    const made = await Promise.allSettled(steps.map((step) => memberOf(step, tools.factory)));
    for (const one of made) if (one.status === 'fulfilled') members.push(one.value);
    fresh.push(...members.map(({ version }) => version).filter(({ state }) => state.kind === 'starting'));
    for (const one of made) if (one.status === 'rejected') throw one.reason;
    signal.throwIfAborted();
    const { generation, home } = await untilAborted(signal, bringUp(tools, request, members, fresh, bag));
    const startMs = performance.now() - began;
    await untilAborted(signal, runVetoes(request.vetoes, generation, request.previous));
    refuseDead(members, fresh);
    return {
      generation,
      startMs,
      commit() {
        bag.commit();
        vaultHost.settle(generation.versions, { ...home, bag: tools.bag, vault: 'current' });
        for (const version of generation.versions) version.activate();
        // A thread that was replaced meanwhile has registered with the extension of the generation before.
        for (const { version } of members)
          vaultHost.repeatRegistrations(version, home.extension).catch(() => {});
      },
    };
  } catch (error) {
    await abandon(fresh, error);
    throw error;
  }
}

async function bringUp(
  tools: ChangeTools,
  { id, data }: ChangeRequest,
  members: readonly Member[],
  fresh: readonly Version[],
  bag: StagedBag,
): Promise<{ generation: Generation; home: Home }> {
  const { vaultHost, signal } = tools;
  const extension = makeExtension(tools.extension);
  // Before it is current, a generation is asked by its own vault, such as in onReload.
  const caller = tools.caller.pinnedTo(() => (bag.isCommitted ? undefined : generation));
  const generation = new Generation(id, members, {
    call: caller.call.bind(caller),
    run: caller.run.bind(caller),
    live: liveTable((name, args) => caller.call(name, ...args)),
    dataBag: asDataBag(bag),
    extension,
  });
  const home: Home = { generation, bag, extension, vault: 'closed' };
  vaultHost.settle(fresh, home);
  await launch(members, data, {
    signal,
    openVault: () => vaultHost.settle(fresh, { ...home, vault: 'open' }),
    carryOver: (version) => vaultHost.repeatRegistrations(version, extension),
  });
  return { generation, home };
}

async function memberOf(step: Step<Startable, RunningVersion>, factory: VersionFactory): Promise<Member> {
  const version = step.kind === 'carry' ? step.running.version : await factory.create(step.candidate);
  return { version, note: step.note };
}

function makeExtension(make: ChangeTools['extension']): object {
  try {
    return make?.() ?? {};
  } catch (cause) {
    const message = `The option extension cannot be used: it threw ${messageOf(cause)}`;
    throw new LiveswapError('OPTION_INVALID', message, { option: 'extension', cause });
  }
}

interface RunningVersion extends Running {
  readonly version: Version;
}

function runningOf(previous: Generation | undefined): Map<string, RunningVersion> {
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

async function runVetoes(
  vetoes: readonly OnReload[],
  next: Generation,
  previous: Generation | undefined,
): Promise<void> {
  for (const veto of vetoes) {
    try {
      await veto(next, previous);
    } catch (cause) {
      const message = `onReload refused the new generation: ${messageOf(cause)}`;
      throw new LiveswapError('RELOAD_VETOED', message, { cause });
    }
  }
}

/** A generation becomes current only whole: nothing of it may have died since it was up. */
function refuseDead(members: readonly Member[], fresh: readonly Version[]): void {
  for (const { version } of members) if (version.state.kind === 'failed') throw version.state.error;
  for (const version of fresh) for (const { death } of version.threads) if (death) throw death;
}

/** Frees what was started, dependents first, when no hook of any of them is under way any more. */
async function abandon(fresh: readonly Version[], cause: unknown): Promise<void> {
  const error =
    cause instanceof LiveswapError ? cause : new LiveswapError('START_FAILED', messageOf(cause), { cause });
  await Promise.all(fresh.map((version) => version.halt(error)));
  for (const version of fresh.toReversed()) await version.abandon(error);
}
