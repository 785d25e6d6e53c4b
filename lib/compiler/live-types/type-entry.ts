/** Returns the entry of a live type in `LiveTypes`. Fields that have a default, all but `needed`, may be left out. */
export function typeEntryText(value: string, needed: readonly string[], result: string): string {
  const names = needed.map((field) => JSON.stringify(field)).join(' | ');
  const fields =
    names === '' ? `Partial<${value}>` : `Partial<Omit<${value}, ${names}>> & Pick<${value}, ${names}>`;
  return `{ value: ${value}; fields: ${fields}; result: ${result} }`;
}
