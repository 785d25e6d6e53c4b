const control = /(?![\n\t])\p{Cc}/gu;

/**
 * Returns foreign text, such as an error message or a line of code, in a form that is safe to print on a terminal. Control
 * characters are spelled out: they could move the cursor, or clear the screen.
 */
export function printable(text: string, spell: (character: string) => string = spellOut): string {
  return text.replaceAll(control, spell);
}

function spellOut(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
