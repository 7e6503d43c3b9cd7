/** The 95 % quantile of the standard normal distribution. */
export const Z_95 = 1.6448536269514722
