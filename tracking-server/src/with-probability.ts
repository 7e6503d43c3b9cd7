/** Spreads maintenance over writes at random, so that servers need no shared counter, and no write does all the work. */
export const withProbability = (probability: number) => Math.random() < probability
