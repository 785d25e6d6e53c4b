import { LiveswapError } from './errors.js';

const [major = 0] = process.versions.node.split('.').map(Number);

/**
 * Refuses what needs the Fetch API under `--jitless`, where Node before 24 ends the process, outside of any call, as soon as
 * somebody mentions `Response`: it compiles its HTTP parser to WebAssembly, which is not there.
 *
 * @throws LiveswapError `OPTION_INVALID`
 */
export function refuseJitless(
  what: string,
  { isOn = !('WebAssembly' in globalThis), node = major }: { isOn?: boolean; node?: number } = {},
): void {
  if (!isOn || node >= 24) return;
  const message = `${what} needs the Fetch API, which Node ${node} does not have under --jitless; run it without that flag, or with Node 24 or newer.`;
  throw new LiveswapError('OPTION_INVALID', message, { option: 'jitless' });
}
