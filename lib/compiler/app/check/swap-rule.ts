/** The name of all facts about an app, in findings and in comments that allow them. */
export const SWAP = 'swap';
