import { LiveswapError } from '../core/errors.js';

/**
 * Maximum length of a plugin's name: artifacts, copies and temporary files have longer names, and most file systems allow 255
 * bytes.
 */
const MOST_BYTES = 180;
/** Matches names that Windows reserves for devices, in every folder. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** @throws LiveswapError `OPTION_INVALID` when no file can have the name of a plugin, here or on another platform */
export function checkPluginName(name: string, folder: string): void {
  const fault = faultOf(name);
  if (fault === undefined) return;
  throw new LiveswapError(
    'OPTION_INVALID',
    `Cannot build a plugin called ${name}: ${fault}; rename the folder ${folder}.`,
    { plugin: name, folder },
  );
}

function faultOf(name: string): string | undefined {
  if (device.test(name)) return 'Windows reserves this name for a device';
  if (/[. ]$/.test(name)) return 'Windows drops a dot or a space at the end';
  const bytes = Buffer.byteLength(name);
  return bytes > MOST_BYTES ? `its name has ${bytes} bytes, and ${MOST_BYTES} are the most` : undefined;
}
