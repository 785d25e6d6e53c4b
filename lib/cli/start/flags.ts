import { InvalidArgumentError, type Command } from 'commander';

/** Flags for serving the web apps of a folder. */
export interface ServeFlags {
  readonly port?: number;
  readonly hostname?: string;
  readonly mount?: Record<string, string>;
  readonly config?: string;
  readonly watch?: boolean;
  readonly adminPort?: number;
  readonly adminHostname: string;
}

/** Adds the flags of {@link ServeFlags} that are only for a folder of plugins. */
export function addFolderFlags(command: Command): Command {
  return command
    .option('-p, --port <number>', 'the port of the web apps of a folder (default: 8080)', toPort)
    .option('--hostname <name>', 'the name or address to listen on (default: every interface)')
    .option('--mount <prefix=plugin>', 'what answers paths below a prefix; may be repeated', toMount)
    .option('--config <module>', 'options of the swapper and of the server: export default { swapper, http }')
    .option('--watch', 'also reload when an artifact changes');
}

/** Adds the flags of the admin page. */
export function addAdminFlags(command: Command): Command {
  return command
    .option('--admin-port <number>', 'a port for the admin page, /-/live, /-/health and /-/metrics', toPort)
    .option('--admin-hostname <name>', 'the name or address of that port', '127.0.0.1');
}

/** Parses a port from the command line. */
export function toPort(text: string): number {
  const port = Number(text);
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number, 0 to 65535.');
}

/** Adds a mount of the command line to those before it. */
export function toMount(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const at = text.lastIndexOf('=');
  if (at < 1 || !text.startsWith('/') || at === text.length - 1)
    throw new InvalidArgumentError('Write it as /prefix=plugin.');
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}
