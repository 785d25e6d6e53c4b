export const salute = (): string => 'Hail';
export const echo = (value: unknown): unknown => value;
/** Returns its buffer as a copy, because Tinypool cannot move results. */
export const move = (buffer: ArrayBuffer): ArrayBuffer => buffer;
