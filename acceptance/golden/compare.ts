import type { Exchange } from './recording.js'

export interface RecordedResponse {
  readonly status: number
  readonly answer: unknown
}

/** The compared parts of a response: the status, and either the error's code and message or the whole body. */
export function comparable({ status, answer }: RecordedResponse | Exchange): unknown {
  if (isError(answer)) return { status, code: answer.error_code, message: normalized(answer.message) }
  return { status, answer: typeof answer === 'string' ? undefined : normalized(answer) }
}

interface ErrorAnswer {
  readonly error_code: string
  readonly message: string
}

const isError = (answer: unknown): answer is ErrorAnswer =>
  typeof answer === 'object' && answer !== null && 'error_code' in answer

/** The response without those of `fields` that the recorded response lacks at the same path. */
export function withoutAdditions(answer: unknown, recorded: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(answer) && Array.isArray(recorded))
    return answer.map((one, i) => withoutAdditions(one, recorded[i], fields))
  if (!isObject(answer) || !isObject(recorded)) return answer
  const kept = Object.entries(answer).filter(([key]) => key in recorded || !fields.includes(key))
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutAdditions(one, recorded[key], fields)]))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const NEUTRAL: readonly (readonly [RegExp, string])[] = [
  [/\b((?:m|tr|d|dr|a|iss)-)?[0-9a-f]{32}\b/g, '$1<id>'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>'],
  [/\b1\d{12}\b/g, '<ms>'],
  [/^[a-z]+-[a-z]+-\d{1,3}$/, '<name>'],
]

/** Fields with a time that the server sets. */
const NOW: ReadonlySet<string> = new Set(['create_time', 'last_update_time'])

/** Replaces ids, times, tokens and random names by placeholders, and sorts the items of Python sets. */
function normalized(value: unknown, field = ''): unknown {
  if (typeof value === 'string') {
    if (field === 'next_page_token') return value && '<token>'
    if (field === 'digest') return value.replace(/^[0-9a-f]{8}$/, '<digest>')
    if (NOW.has(field)) return value.replace(/^\d{4}-[\d-]+T[\d:.]+Z$/, '<time>')
    const text = NEUTRAL.reduce((all, [pattern, word]) => all.replace(pattern, word), value)
    return text.replace(
      /'\{([^{}]*)\}?'?/g,
      (_, items: string) => `'{${items.split(', ').sort().join(', ')}}'`,
    )
  }
  if (typeof value === 'number') return value >= 1e12 && value < 1e13 ? '<ms>' : value
  if (Array.isArray(value)) return value.map((one) => normalized(one))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, normalized(one, key)]))
}
