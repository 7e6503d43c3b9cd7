import type { Redactor } from '@cairn/platform/secrets/redactor'

/** Redacts texts, names and numbers inside a JSON value. */
export function redactJson(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.redact(value)
  if (typeof value === 'number') {
    const text = redactor.redact(String(value))
    return text === String(value) ? value : text
  }
  if (Array.isArray(value)) return value.map((item) => redactJson(item, redactor))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redactor.redact(name), redactJson(item, redactor)]),
  )
}
