import { LiveswapError, messageOf } from '../core/errors.js';
import { DecodedClass } from './decoded-class.js';
import { ImageTrail } from './image-trail.js';
import type { KeptImage } from './image.js';
import type { KeptClasses } from './kept-classes.js';

/**
 * Returns the classes of an image that the version which reads it has, too, by their names in the image. Every constructor that
 * defaults need runs here, so that nothing has been poured yet for it to see or change.
 *
 * @throws LiveswapError `LIVE_DATA_MISMATCH` with the `path` of an instance for whose defaults a constructor failed
 */
export function decodedClasses(image: KeptImage, classes: KeptClasses): ReadonlyMap<string, DecodedClass> {
  const decoded = new Map<string, DecodedClass>();
  for (const one of image.classes) {
    const known = classes.get(one.name);
    if (known) decoded.set(one.name, new DecodedClass(one, known));
  }
  for (const { kind, class: name = '', keys, ids } of image.tables) {
    const known = kind === 'constant' ? undefined : decoded.get(name);
    try {
      known?.makeDefaults(ids.length, keys);
    } catch (cause) {
      const path = new ImageTrail(image).pathOf(ids[0] as number);
      const message = `Cannot move ${path}: the constructor of ${name}, which gives new fields their defaults, failed: ${messageOf(cause)}; give the class a static upcast.`;
      throw new LiveswapError('LIVE_DATA_MISMATCH', message, { path, type: name, cause });
    }
  }
  return decoded;
}
