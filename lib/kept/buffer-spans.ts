import type { TableWriters } from './table-writer.js';

interface View {
  readonly id: number;
  readonly view: ArrayBufferView;
  readonly class: string;
}

interface Span {
  /** Id of the buffer itself, if the state refers to it. */
  id: number | undefined;
  readonly views: View[];
}

/** The memory of typed arrays in state. When a buffer is reached only through views, only the visible part is copied. */
export class BufferSpans {
  readonly #spans = new Map<ArrayBufferLike, Span>();

  addBuffer(id: number, buffer: ArrayBufferLike): void {
    this.#spanOf(buffer).id = id;
  }

  addView(id: number, view: ArrayBufferView, className: string): void {
    this.#spanOf(view.buffer).views.push({ id, view, class: className });
  }

  /** Writes buffers and views; buffers that have no id yet get those from `nextId` on. */
  write(tables: TableWriters, nextId: number): { readonly copies: ArrayBuffer[]; readonly nextId: number } {
    const copies: ArrayBuffer[] = [];
    for (const [buffer, { id: known, views }] of this.#spans) {
      const id = known ?? nextId++;
      const start = known === undefined ? Math.min(...views.map(({ view }) => view.byteOffset)) : 0;
      if (buffer instanceof ArrayBuffer) {
        const end = known === undefined ? endOf(views) : buffer.byteLength;
        const copy = buffer.slice(start, end);
        copies.push(copy);
        writeBuffer(tables, id, copy);
      }
      for (const one of views) writeView(tables, one, id, start);
    }
    return { copies, nextId };
  }

  #spanOf(buffer: ArrayBufferLike): Span {
    let span = this.#spans.get(buffer);
    if (!span) this.#spans.set(buffer, (span = { id: undefined, views: [] }));
    return span;
  }
}

function endOf(views: readonly View[]): number {
  return Math.max(...views.map(({ view }) => view.byteOffset + view.byteLength));
}

function writeBuffer(tables: TableWriters, id: number, copy: ArrayBuffer): void {
  const table = tables.get({ kind: 'buffer', class: undefined, seal: 0, keys: [], carried: 0 });
  table.content.value(copy);
  table.end(id);
}

function writeView(
  tables: TableWriters,
  { id, view, class: name }: View,
  buffer: number,
  start: number,
): void {
  const table = tables.get({ kind: 'view', class: name, seal: 0, keys: [], carried: 0 });
  table.content.reference(buffer);
  table.content.value(view.byteOffset - start);
  table.content.value('length' in view ? (view as Uint8Array).length : view.byteLength);
  table.end(id);
}
