import type { Column } from './image.js';

/** Fills a {@link Column}. */
export class ColumnWriter {
  #values: unknown[] = [];
  #references: number[] | undefined;
  #isNumeric = true;

  get length(): number {
    return this.#values.length;
  }

  value(value: unknown): void {
    if (typeof value !== 'number') this.#isNumeric = false;
    this.#values.push(value);
    this.#references?.push(0);
  }

  reference(id: number): void {
    this.#references ??= Array.from({ length: this.#values.length }, () => 0);
    this.#references.push(id + 1);
    this.#values.push(0);
  }

  finish(): Column {
    return {
      values: this.#isNumeric ? Float64Array.from(this.#values as number[]) : this.#values,
      references: this.#references && Uint32Array.from(this.#references),
    };
  }
}

/** Returns the value at `index`; references are looked up in `objects`. */
export function valueAt({ values, references }: Column, index: number, objects: readonly unknown[]): unknown {
  const reference = references?.[index];
  return reference ? objects[reference - 1] : values[index];
}
