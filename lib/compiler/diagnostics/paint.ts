/** Role of a piece of a diagnostic, which decides its colour. */
export type Role = 'place' | 'rule' | 'remedy' | 'gutter' | 'mark';

/** Gives a piece of text the colour of its role. */
export type Paint = (role: Role, text: string) => string;

/** Paints nothing: for files, pipes and users who want no colours. */
export const plain: Paint = (_role, text) => text;
