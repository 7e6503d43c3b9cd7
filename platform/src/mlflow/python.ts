/** Returns Python's `repr` of a string, as MLflow's messages quote it. */
export const pythonRepr = (text: string) =>
  text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text}'`

/** Returns Python's `repr` of a list of strings. */
export const pythonReprList = (texts: readonly string[]) => `[${texts.map(pythonRepr).join(', ')}]`

/** Returns Python's `repr` of a float, with a decimal point, or with an exponent from 1e16 and below 1e-4. */
export function pythonFloat(number: number): string {
  if (!Number.isFinite(number)) return String(number)
  if (Object.is(number, -0)) return '-0.0'
  const [digits, exponent] = number.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power < -4 || power >= 16)
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  return Number.isInteger(number) ? `${number}.0` : String(number)
}
