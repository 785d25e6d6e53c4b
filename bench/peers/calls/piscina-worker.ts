import { move as moved } from 'piscina';

export const salute = (): string => 'Hail';
export const echo = (value: unknown): unknown => value;
export const move = (buffer: ArrayBuffer): unknown => moved(buffer);
