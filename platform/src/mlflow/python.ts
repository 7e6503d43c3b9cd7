/** A text as Python's `repr` shows it, by which MLflow's messages quote. */
export const pythonRepr = (text: string) =>
  text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text}'`

/** Texts as Python's `repr` shows the list of them. */
export const pythonReprList = (texts: readonly string[]) => `[${texts.map(pythonRepr).join(', ')}]`

/** A double as Python's `repr` shows it: always with a point or an exponent, which begins at 1e16 and below 1e-4. */
export function pythonFloat(number: number): string {
  if (!Number.isFinite(number)) return String(number)
  if (Object.is(number, -0)) return '-0.0'
  const [digits, exponent] = number.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power < -4 || power >= 16)
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  return Number.isInteger(number) ? `${number}.0` : String(number)
}
