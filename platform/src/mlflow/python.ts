/** Python's `repr` of a string, as quoted in MLflow's messages. */
export const pythonRepr = (text: string) =>
  text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text}'`

/** Python's `repr` of a list of strings. */
export const pythonReprList = (texts: readonly string[]) => `[${texts.map(pythonRepr).join(', ')}]`

/** Python's `repr` of a float: has a decimal point, or an exponent from 1e16 and below 1e-4. */
export function pythonFloat(number: number): string {
  if (!Number.isFinite(number)) return String(number)
  if (Object.is(number, -0)) return '-0.0'
  const [digits, exponent] = number.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power < -4 || power >= 16)
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  return Number.isInteger(number) ? `${number}.0` : String(number)
}
