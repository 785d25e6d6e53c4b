/** Parts of the module that stands in for a package. */
export interface AdapterModuleParts {
  /** The exports that the package's adapters stand in for. */
  readonly exports: readonly string[];
  /** Specifier by which the package itself is imported. */
  readonly original: string;
  /** Code that declares `stands(original)`, which returns the exports that stand in. */
  readonly stands: string;
}

/** Returns the ES module that importers of an adapted package get: all of the package's exports, some of them replaced. */
export function adapterModuleSource({ exports, original, stands }: AdapterModuleParts): string {
  const from = JSON.stringify(original);
  return [
    `import * as original from ${from};`,
    stands,
    `const stand = stands(original);`,
    `export * from ${from};`,
    ...exports.map((name, index) => `const stand${index} = stand[${JSON.stringify(name)}];`),
    `export { ${exports.map((name, index) => `stand${index} as ${name}`).join(', ')} };`,
    `export default stand.default;`,
    '',
  ].join('\n');
}
