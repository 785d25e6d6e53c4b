/** A way to get from one edition of some code to the next, in threads or processes that run it. */
export interface EditionPeer {
  readonly name: string;
  /** Puts the edition that has been published into service; resolves when something has answered with it. */
  swap(edition: string): Promise<void>;
  /** Resolves when nothing of the last swap is going on any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}
