import type { KeptImage, Table } from './image.js';
import { eachReference, rowsOf } from './image-trail.js';

/** Returns the first unknown object that code can see, because it is reachable by more than carried fields. */
export function unknownOutsideCarried(
  image: KeptImage,
  roots: ReadonlyMap<string, object>,
  isUnknown: (id: number) => boolean,
  isCarried: (table: Table, field: number) => boolean,
): number | undefined {
  const rows = rowsOf(image);
  const seen = new Set(image.roots.filter(({ name }) => roots.has(name)).map(({ id }) => id));
  // The set grows while it is iterated.
  for (const id of seen) {
    if (isUnknown(id)) return id;
    const row = rows.get(id);
    if (!row) continue;
    eachReference(row.table, row.row, (next, _kind, _name, field) => {
      if (field < 0 || !isCarried(row.table, field)) seen.add(next);
    });
  }
  return undefined;
}
