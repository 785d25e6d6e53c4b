import type { LiveTypes } from './live-registry.js';

/** Accepted names: those of a table, if it has any, and any string that is not a literal. */
export type LiveName<Name extends string, Table> = string extends Name
  ? Name
  : [keyof Table] extends [never]
    ? Name
    : Name extends keyof Table
      ? Name
      : keyof Table & string;

/** Fields from which an instance of a live type is made; those that have a default may be left out. */
export type LiveFields<Name extends string> = [Name] extends [never]
  ? Readonly<Record<string, unknown>>
  : Name extends keyof LiveTypes
    ? LiveTypes[Name] extends { readonly fields: infer Fields }
      ? Fields
      : never
    : Readonly<Record<string, unknown>>;

/** The data of an instance of a live type. */
export type LiveValue<Name extends string> = Name extends keyof LiveTypes
  ? LiveTypes[Name] extends { readonly value: infer Value }
    ? Value
    : never
  : unknown;

/** Result of `handle()` of a live type. */
export type LiveHandled<Name extends string> = Name extends keyof LiveTypes
  ? LiveTypes[Name] extends { readonly result: infer Result }
    ? Result
    : never
  : unknown;
