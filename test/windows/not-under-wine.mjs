/** Tests of the suites that run under Wine which it cannot pass, by a part of their names that no other test has. */
export const notUnderWine = [
  // Wine makes no junctions, and shows a link to a folder as the folder itself.
  'leaves foreign files alone, however old, and everything that a link leads to',
  'files to which links lead do not count as used: they are those of packages',
];
