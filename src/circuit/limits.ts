/** The largest circuit that is accepted, wherever it comes from. */
export const LIMITS = {
  /** Features of a sample. */
  features: 2 ** 22,
  /** Input bits. */
  bits: 2 ** 22,
  gates: 2 ** 22,
  scores: 2 ** 20,
  /** Signals that all scores count together. */
  counted: 2 ** 23,
  /** Signals of one score and its offset: the largest count that `float32` holds exactly. */
  count: 2 ** 24 - 1,
  /** Characters of a name. */
  name: 200,
  /** Characters of the JSON text. */
  text: 2 ** 28,
} as const;
