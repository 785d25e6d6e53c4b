import type { KeptImage, Table } from './image.js';
import { Trail } from './trail.js';

/** Finds the path to an object of an image, for errors that name it. */
export class ImageTrail {
  readonly #image: KeptImage;
  #paths: ReadonlyMap<number, string> | undefined;

  constructor(image: KeptImage) {
    this.#image = image;
  }

  pathOf(id: number): string {
    this.#paths ??= pathsOf(this.#image);
    return this.#paths.get(id) ?? '';
  }
}

function pathsOf(image: KeptImage): ReadonlyMap<number, string> {
  const trail = new Trail();
  const order: number[] = [];
  const placeOf = new Map<number, number>();
  const rows = rowsOf(image);
  const visit = (id: number, parent: number, kind: Parameters<Trail['add']>[1], name: unknown): void => {
    if (placeOf.has(id)) return;
    placeOf.set(id, order.length);
    order.push(id);
    trail.add(parent, kind, name);
  };
  for (const { id, name } of image.roots) visit(id, -1, 'root', name);
  for (let place = 0; place < order.length; place++) {
    const row = rows.get(order[place] as number);
    if (row) eachReference(row.table, row.row, (id, kind, name) => visit(id, place, kind, name));
  }
  return new Map(order.map((id, place) => [id, trail.pathOf(place)]));
}

/** Returns the place of each object in the tables. */
export function rowsOf(image: KeptImage): Map<number, { readonly table: Table; readonly row: number }> {
  const rows = new Map<number, { readonly table: Table; readonly row: number }>();
  for (const table of image.tables) for (const [row, id] of table.ids.entries()) rows.set(id, { table, row });
  return rows;
}

/** Calls `visit` for each object that another one refers to; `field` is the index of a field, or -1. */
export function eachReference(
  table: Table,
  row: number,
  visit: (id: number, kind: Parameters<Trail['add']>[1], name: unknown, field: number) => void,
): void {
  for (const [index, { references }] of table.fields.entries()) {
    const reference = references?.[row];
    if (reference) visit(reference - 1, 'field', table.keys[index], index);
  }
  const { references, values } = table.content;
  if (!references) return;
  const from = row === 0 ? 0 : (table.ends[row - 1] as number);
  for (let at = from; at < (table.ends[row] as number); at++) {
    const reference = references[at];
    if (!reference) continue;
    const place = at - from;
    if (table.kind === 'map') {
      const isKey = place % 2 === 0;
      visit(
        reference - 1,
        isKey ? 'key' : 'value',
        isKey ? place / 2 : references[at - 1] ? {} : values[at - 1],
        -1,
      );
    } else visit(reference - 1, table.kind === 'set' ? 'member' : 'index', place, -1);
  }
}
