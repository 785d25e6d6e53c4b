/** The name of what is said about an app, in findings and in comments that allow it. */
export const SWAP = 'swap';
