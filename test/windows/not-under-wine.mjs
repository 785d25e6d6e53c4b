/** Tests of the suites that run under Wine which it cannot pass, by a part of their names that no other test has. */
export const notUnderWine = [
  // Wine shows a link to a folder as the folder itself.
  'what is not ours is left alone, however old, and so is all that a link leads to',
  // Wine shows the /proc of Linux, where processes have other ids.
  'what gone processes have left is removed',
];
