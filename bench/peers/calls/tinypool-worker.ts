export const salute = (): string => 'Hail';
export const echo = (value: unknown): unknown => value;
/** Tinypool cannot move results: this one is copied. */
export const move = (buffer: ArrayBuffer): ArrayBuffer => buffer;
