/** `metric_2` before `metric_10`. */
export const compareNaturally = new Intl.Collator('en', { numeric: true }).compare
