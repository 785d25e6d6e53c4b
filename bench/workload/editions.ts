import { join } from 'node:path';
import { artifactFileName, composeArtifact, readArtifact } from '../../lib/manifest/artifact.js';
import { writeAtomically } from '../../lib/manifest/write-atomically.js';

/** Text in the source of a plugin that each edition of its artifact replaces by another of the same length. */
export const EDITION = 'EDITION-00000000';

/** Rewrites an artifact as if its source had been edited and built, with new answers and new bytes. */
export class Edition {
  readonly #folder: string;
  #last = 0;

  /** `folder` holds the artifacts. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Text of the newest edition in place of {@link EDITION}. */
  get text(): string {
    return this.#last === 0 ? EDITION : `EDITION-${String(this.#last).padStart(8, '0')}`;
  }

  /** Publishes the next edition of these plugins; returns its text. */
  async publish(plugins: readonly string[]): Promise<string> {
    const before = this.text;
    this.#last++;
    for (const plugin of plugins) {
      const file = join(this.#folder, artifactFileName(plugin));
      const { manifest, bytes } = await readArtifact(file);
      const body = bytes
        .subarray(bytes.indexOf('\n') + 1)
        .toString()
        .replaceAll(before, this.text);
      await writeAtomically(file, composeArtifact(manifest, Buffer.from(body)));
    }
    return this.text;
  }
}
