import { LiveswapError, messageOf } from '../core/errors.js';
import { DecodedClass } from './decoded-class.js';
import { ImageTrail } from './image-trail.js';
import type { KeptImage } from './image.js';
import type { KeptClasses } from './kept-classes.js';

/**
 * Returns the classes of an image that the version which reads it has, too, by their names in the image. Every constructor that
 * is needed runs here, before anything is poured that it could see or change. `roots` are the ids of objects that exist already.
 *
 * @throws LiveswapError `LIVE_DATA_MISMATCH` with the `path` of an instance whose constructor failed
 */
export function decodedClasses(
  image: KeptImage,
  classes: KeptClasses,
  roots: ReadonlySet<number>,
): ReadonlyMap<string, DecodedClass> {
  const decoded = new Map<string, DecodedClass>();
  for (const one of image.classes) {
    const known = classes.get(one.name);
    if (known) decoded.set(one.name, new DecodedClass(one, known));
  }
  for (const { kind, class: name = '', keys, ids } of image.tables) {
    const known = kind === 'constant' ? undefined : decoded.get(name);
    try {
      known?.makeDefaults(ids.length, keys);
      known?.makeInstances(ids.filter((id) => !roots.has(id)).length, kind);
    } catch (cause) {
      const path = new ImageTrail(image).pathOf(ids[0] as number);
      const message = `Cannot move ${path}: its new or #private fields need a ${name} that is made without arguments, and that failed: ${messageOf(cause)}; let the constructor run without arguments.`;
      throw new LiveswapError('LIVE_DATA_MISMATCH', message, { path, type: name, cause });
    }
  }
  return decoded;
}
