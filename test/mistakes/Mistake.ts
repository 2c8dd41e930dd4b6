/** Something that a newcomer may well write, and what the error or warning has to name: owner, field, rule, value. */
export interface Mistake {
  /** In plain words. */
  readonly title: string;
  /** Parts that the message must hold, whatever the sentence around them. */
  readonly names: readonly string[];
  /** Makes the mistake. It is passed as JavaScript would pass it, without types. */
  readonly make: () => unknown;
}

/** The rows of one area: title, what the message names, the mistake itself. */
export function mistakes(
  ...rows: readonly (readonly [title: string, names: readonly string[], make: () => unknown])[]
): Mistake[] {
  return rows.map(([title, names, make]) => ({title, names, make}));
}

/** What types forbid and JavaScript allows. */
export type Untyped = ReturnType<typeof JSON.parse>;
