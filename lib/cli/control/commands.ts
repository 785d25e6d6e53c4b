import { amongNames } from '../../core/did-you-mean.js';
import { keyOf } from '../../core/plugin-key.js';
import { isLiveswapError, withoutPage, type LiveswapError } from '../../core/errors.js';
import { ControlClient } from '../../control/control-client.js';
import type { ChangeRequest } from '../../control/protocol.js';
import { listSwappers, type ListedSwapper } from '../../control/socket-folder.js';
import { complain } from '../complain.js';
import { exitCodes } from '../exit-codes.js';
import { print } from '../output.js';
import { amongThem, connectToSwapper, type TargetFlags } from './choose-swapper.js';
import { oldVersions, statusText, table, whyText, type SwapperStatus } from './describe-status.js';
import type { ChangeFlags, ControlFlags, ReloadFlags } from './flags.js';

/** Milliseconds for each swapper to tell its generation: a busy swapper must not hide the others. */
const ANSWER_MS = 2_000;

/** Runs `liveswap ps`. */
export async function ps({ json, ...target }: ControlFlags): Promise<void> {
  const meant = await amongThem(await listSwappers(), target);
  const swappers = await Promise.all(meant.map(withGeneration));
  if (json) return print(JSON.stringify(swappers, undefined, 2));
  if (swappers.length === 0) return print(`No swapper of this user runs${isAimed(target) ? ' there' : ''}.`);
  const rows = swappers.map(({ pid, folder, generation, startedAt }) => [
    String(pid),
    folder,
    String(generation ?? '-'),
    since(startedAt),
  ]);
  print(...table(['pid', 'folder', 'generation', 'up'], rows));
}

function isAimed({ dir, socket }: TargetFlags): boolean {
  return dir !== undefined || socket !== undefined;
}

/** Adds the id of the current generation; there is none before the first load, or where nobody answers. */
async function withGeneration(swapper: ListedSwapper): Promise<ListedSwapper & { generation?: number }> {
  try {
    await using client = await ControlClient.open(swapper.socket, ANSWER_MS);
    const { generation } = (await client.ask('status', {})) as SwapperStatus;
    return generation === undefined ? swapper : { ...swapper, generation };
  } catch {
    return swapper;
  }
}

/** Runs `liveswap status`. */
export async function status(flags: ControlFlags): Promise<void> {
  const found = await statusOf(flags);
  print(flags.json ? JSON.stringify(found, undefined, 2) : statusText(found));
}

/** Runs `liveswap why`; exits with 2 when there is no such plugin. */
export async function why(plugin: string, flags: ControlFlags): Promise<number> {
  const { plugins, generation } = await statusOf(flags);
  const found = plugins.find((one) => keyOf(one.plugin) === keyOf(plugin));
  if (!found) {
    const among = amongNames(
      plugin,
      plugins.map((one) => one.plugin),
    );
    complain(`There is no plugin ${plugin}${among}`);
    return exitCodes.misuse;
  }
  const old = oldVersions(found.versions, generation);
  print(flags.json ? JSON.stringify(old, undefined, 2) : whyText(found.plugin, old));
  return exitCodes.ok;
}

/** Runs `liveswap reload`; when the reload was refused, exits with 1 and prints the reason. */
export function reload({ force, ...flags }: ReloadFlags): Promise<number> {
  return change(flags, async (target) => {
    await using client = await connectToSwapper(target, nameIt);
    const result: unknown = await client.ask('reload', {
      ...changeOf(flags),
      ...(force !== undefined && { force }),
    });
    return result;
  });
}

/** Runs `liveswap rollback`; when the rollback was refused, exits with 1 and prints the reason. */
export function rollback(flags: ChangeFlags): Promise<number> {
  return change(flags, async (target) => {
    await using client = await connectToSwapper(target, nameIt);
    const result: unknown = await client.ask('rollback', changeOf(flags));
    return result;
  });
}

/** Runs `liveswap events`: prints one line per event until the swapper is closed. */
export async function events(flags: ControlFlags): Promise<void> {
  await using client = await connectToSwapper(flags);
  for await (const event of client.events()) print(flags.json ? JSON.stringify(event) : eventText(event));
}

/** Tells whom a command reaches that has named nobody. */
function nameIt({ folder, pid }: ListedSwapper): void {
  complain(
    `this goes to ${folder} (pid ${pid}), the only swapper of this user; --dir <folder> names another`,
  );
}

function changeOf({ wait = false, dropKept }: ChangeFlags): ChangeRequest {
  return { wait, ...(dropKept && { kept: 'drop' }) };
}

async function statusOf(flags: TargetFlags): Promise<SwapperStatus> {
  await using client = await connectToSwapper(flags);
  return (await client.ask('status', {})) as SwapperStatus;
}

async function change(flags: ControlFlags, ask: (target: TargetFlags) => Promise<unknown>): Promise<number> {
  try {
    const result = await ask(flags);
    print(flags.json ? JSON.stringify({ ok: true, result }) : resultText(result));
    return exitCodes.ok;
  } catch (error) {
    if (isLiveswapError(error, 'OPTION_INVALID') || isLiveswapError(error, 'CONTROL_FAILED')) throw error;
    const { message, code } = error as LiveswapError;
    const causes = causesOf(error);
    // Causes that the message quotes need not be printed again.
    const untold = causes.filter((cause) => !message.includes(withoutPage(cause)));
    if (flags.json) print(JSON.stringify({ ok: false, error: { code, message, causes } }));
    else complain([message, ...untold].join('\n  caused by: '));
    return exitCodes.findings;
  }
}

function resultText(result: unknown): string {
  if (typeof result !== 'object' || result === null) return `${String(result)}.`;
  return Object.entries(result as Record<string, string>)
    .map(([plugin, note]) => `${plugin}: ${note}`)
    .join('\n');
}

function eventText(event: unknown): string {
  const { type, ...facts } = event as Record<string, unknown>;
  const told = Object.entries(facts).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [new Date().toISOString(), type, ...told].join(' ');
}

function causesOf(error: unknown): string[] {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? [cause.message, ...causesOf(cause)] : [];
}

function since(startedAt: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(startedAt)) / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
