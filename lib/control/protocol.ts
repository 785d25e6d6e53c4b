import { LiveswapError } from '../core/errors.js';

/** Incremented when the meaning of a message changes. Both sides refuse unknown versions. */
export const CONTROL_PROTOCOL = 1;

/** Commands that a swapper accepts over its socket, with their parameters. */
export interface ControlCommands {
  status: Record<never, never>;
  reload: ReloadRequest;
  rollback: ChangeRequest;
  events: Record<never, never>;
}

/** Options of every change of generation. */
export interface ChangeRequest {
  /** True to answer when the change has completed, instead of when it is accepted. Default in a line: false. */
  readonly wait: boolean;
  /** `'drop'`: state kept by plugins is not moved but created anew. */
  readonly kept?: 'drop';
}

export interface ReloadRequest extends ChangeRequest {
  /** Restart without new bytes: every plugin, or those named. */
  readonly force?: boolean | readonly string[];
}

export type ControlCommand = keyof ControlCommands;

/** One line from a client. */
export type ControlRequest = {
  [Command in ControlCommand]: {
    readonly protocol: typeof CONTROL_PROTOCOL;
    readonly command: Command;
    readonly options: ControlCommands[Command];
  };
}[ControlCommand];

/** One line from a swapper. `events` is answered by one line for each event. */
export type ControlReply =
  | { readonly ok: true; readonly result?: unknown }
  | { readonly ok: false; readonly error: ControlError };

/** An error as sent; `causes` are the messages of its causes, nearest first. */
export interface ControlError {
  readonly code: string;
  readonly message: string;
  readonly causes: readonly string[];
}

/**
 * Writes a request or a reply as a line. Since Node 24, readline also ends a line at the separators U+2028 and U+2029, which
 * JSON has as they are: here, they are escaped.
 */
export function lineOf(message: ControlRequest | ControlReply): string {
  const json = JSON.stringify(message);
  return `${json.replace(/[\u2028\u2029]/g, (separator) => `\\u${separator.charCodeAt(0).toString(16)}`)}\n`;
}

/**
 * Parses one line of a client. Names are looked up in a fixed table, and no part of a line is ever executed.
 *
 * @throws LiveswapError `CONTROL_INVALID`
 */
export function parseRequest(line: string): ControlRequest {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw invalid('it is not JSON', cause);
  }
  if (!isRecord(value)) throw invalid('it is not an object');
  if (value['protocol'] !== CONTROL_PROTOCOL)
    throw invalid(`it speaks protocol ${String(value['protocol'])}, and this liveswap ${CONTROL_PROTOCOL}`);
  for (const name of Object.keys(value))
    if (!parts.includes(name)) throw invalid(`it has no part ${JSON.stringify(name)}`);
  const { command, options = {} } = value;
  if (typeof command !== 'string' || !Object.hasOwn(readers, command))
    throw invalid(
      `there is no command ${JSON.stringify(command)}; there are ${Object.keys(readers).join(', ')}`,
    );
  if (!isRecord(options)) throw invalid('its options are not an object');
  const read = readers[command as ControlCommand];
  for (const name of Object.keys(options))
    if (!read.names.includes(name)) throw invalid(`${command} has no option ${JSON.stringify(name)}`);
  return { protocol: CONTROL_PROTOCOL, command, options: read.read(options) } as ControlRequest;
}

/** Parts of a request. */
const parts: readonly string[] = ['protocol', 'command', 'options'];

const nothing = { names: [] as readonly string[], read: () => ({}) };
const readers: {
  readonly [Command in ControlCommand]: {
    readonly names: readonly string[];
    read(options: Record<string, unknown>): ControlCommands[Command];
  };
} = {
  status: nothing,
  events: nothing,
  rollback: { names: ['wait', 'kept'], read: readChange },
  reload: {
    names: ['wait', 'kept', 'force'],
    read: ({ force, ...change }) => ({
      ...readChange(change),
      ...(force !== undefined && { force: readForce(force) }),
    }),
  },
};

function readChange({ wait, kept }: Record<string, unknown>): ChangeRequest {
  if (wait !== undefined && typeof wait !== 'boolean') throw invalid('wait is neither true nor false');
  if (kept !== undefined && kept !== 'drop') throw invalid("kept is not 'drop'");
  return { wait: wait === true, ...(kept !== undefined && { kept }) };
}

function readForce(force: unknown): boolean | readonly string[] {
  if (typeof force === 'boolean') return force;
  if (Array.isArray(force) && force.every((name) => typeof name === 'string')) return force;
  throw invalid('force is neither true nor a list of plugin names');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(why: string, cause?: unknown): LiveswapError {
  return new LiveswapError('CONTROL_INVALID', `Cannot read a line from the control socket: ${why}.`, {
    cause,
  });
}
