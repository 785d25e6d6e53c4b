const control = /(?![\n\t])\p{Cc}/gu;

/**
 * Returns text of somebody else's, such as an error message or a line of code, as it can be printed on a terminal: with its control
 * characters spelled out, which could otherwise move the cursor, or clear what stands there.
 */
export function printable(text: string, spell: (character: string) => string = spellOut): string {
  return text.replaceAll(control, spell);
}

function spellOut(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
