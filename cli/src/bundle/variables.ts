import { invalid } from '@cairn/platform/errors'

export type Values = ReadonlyMap<string, unknown>

const REFERENCE = /\$\{([\w.-]+)\}/g

/** The references in a value, at any depth. */
export function referencesIn(value: unknown): string[] {
  if (typeof value === 'string') return Array.from(value.matchAll(REFERENCE), ([, name]) => name!)
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(referencesIn)
}

/**
 * Replaces references: one that is the whole text by the value, others by its text.
 *
 * @param isLate tells references that are resolved later, which stay
 * @throws INVALID_PARAMETER_VALUE naming an unknown reference
 */
export function resolveVariables<T>(
  value: T,
  values: Values,
  isLate: (name: string) => boolean = () => false,
): T {
  if (typeof value === 'string') return resolveText(value, values, isLate) as T
  if (Array.isArray(value)) return value.map((one) => resolveVariables(one, values, isLate)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, one]) => [name, resolveVariables(one, values, isLate)])
  return Object.fromEntries(entries) as T
}

function resolveText(text: string, values: Values, isLate: (name: string) => boolean): unknown {
  const whole = /^\$\{([\w.-]+)\}$/.exec(text)?.[1]
  if (whole !== undefined) return isLate(whole) ? text : valueNamed(whole, values)
  return text.replaceAll(REFERENCE, (reference, name: string) =>
    isLate(name) ? reference : String(valueNamed(name, values)),
  )
}

function valueNamed(name: string, values: Values): unknown {
  if (values.has(name)) return values.get(name)
  throw invalid(`unknown reference \${${name}}`)
}
