/** Without these rows a leaderboard says nothing: what everybody had, the best linear model, and the order alone. */
export const BASELINES: readonly string[] = ['popularity', 'ease', 'markov']
