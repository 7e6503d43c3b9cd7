/** Powers of ten that a double represents exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)
const EXACT = 2 ** 53

/**
 * Returns the double nearest to `digits` × 10^`exponent` if one rounding suffices (Clinger 1990, "How to read floating
 * point numbers accurately"), otherwise undefined.
 */
export function exactDecimal(digits: number, exponent: number): number | undefined {
  if (digits > EXACT || exponent > 22 || exponent < -22) return undefined
  return exponent < 0 ? digits / POWERS[-exponent]! : digits * POWERS[exponent]!
}

const SMALLEST_NORMAL = 2 ** -126

/** Formats a float32 as the shortest decimal that parses to the same value, in XGBoost's style: `5E-1`, `1.062956E0`, `NaN`. */
export function shortestFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0E0'
  // Normal float32 are tried from six digits on; denormals may need fewer.
  for (let places = Math.abs(value) < SMALLEST_NORMAL ? 0 : 5; ; places++) {
    const text = value.toExponential(places)
    if (places === 8 || Math.fround(Number(text)) === value)
      return text.replace(/(?:\.0+|(?<=\.\d+)0+)?e\+?/, 'E')
  }
}
