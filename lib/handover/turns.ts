import type { Version } from '../version/version.js';

/** The turns of versions: while they are held, nobody else changes what is active in any of them. */
export class Turns {
  readonly #versions: readonly Version[];
  readonly #ends = new Map<Version, () => void>();

  constructor(versions: readonly Version[]) {
    this.#versions = versions;
  }

  /**
   * Resolves when all turns are held, or once `isCut`. A thread that dies is not replaced from then on.
   * All turns are taken at one moment: hooks of a thread that has one may wait for a thread that needs another to come up.
   */
  async take(isCut: () => boolean): Promise<void> {
    while (!this.#versions.every(({ activity }) => activity.isTurnFree)) {
      await Promise.all(this.#versions.map(async ({ activity }) => (await activity.takeTurn())()));
      if (isCut()) return;
    }
    await Promise.all(
      this.#versions.map(async (version) => this.#ends.set(version, await version.activity.takeTurn())),
    );
  }

  /** Lets others change what is active in `version` again, if its turn is held. */
  end(version: Version): void {
    this.#ends.get(version)?.();
  }

  endAll(): void {
    for (const end of this.#ends.values()) end();
  }
}
