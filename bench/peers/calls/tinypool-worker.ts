export const salute = (): string => 'Hail';
export const echo = (value: unknown): unknown => value;
/** Its results cannot be moved: this one is copied. */
export const move = (buffer: ArrayBuffer): ArrayBuffer => buffer;
