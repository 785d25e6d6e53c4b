/** Tests of the suites that run under Wine which it cannot pass, by a part of their names that no other test has. */
export const notUnderWine = [
  // Permissions are those of Windows: a mode is not kept.
  'a socket in the folder of this user is found with what it controls',
  'a folder that others may use is refused',
  // A pipe has no file: it leaves nothing behind, and its name is no path.
  'what is left of a process that is gone is removed by whoever looks',
  'a path of its own: a stale socket there is replaced',
  'so is what is left of one whose number another process has by now',
  'a swapper of another container, whose number is nobody here',
  // Wine shows a link to a folder as the folder itself.
  'what is not ours is left alone, however old, and so is all that a link leads to',
  // Wine shows the /proc of Linux, where processes have other ids.
  'what gone processes have left is removed',
];
