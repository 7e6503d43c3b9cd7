import { invalid } from '@cairn/platform/errors'

const FIELD = 'schedule.quartz_cron_expression'
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

interface Field {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Words for `min`, `min + 1`, … */
  readonly words?: readonly string[]
}

const SECOND: Field = { name: 'second', min: 0, max: 59 }
const MINUTE: Field = { name: 'minute', min: 0, max: 59 }
const HOUR: Field = { name: 'hour', min: 0, max: 23 }
const DAY_OF_MONTH: Field = { name: 'day of month', min: 1, max: 31 }
const MONTH: Field = { name: 'month', min: 1, max: 12, words: MONTHS }
const DAY_OF_WEEK: Field = { name: 'day of week', min: 1, max: 7, words: DAYS }
const YEAR: Field = { name: 'year', min: 1970, max: 2099 }

/**
 * Converts a Quartz expression to a pattern of seven fields for croner, with explicit lists of numbers. In Quartz, days of the week
 * start at 1, Sunday, ranges may wrap around, and one of the two fields of days is `?`.
 *
 * @throws INVALID_PARAMETER_VALUE naming the field of the expression
 */
export function quartzToCroner(expression: string): string {
  const parts = expression.trim().toUpperCase().split(/\s+/)
  if (parts.length < 6 || parts.length > 7)
    throw invalid(
      `${FIELD}: '${expression}' has ${parts.length} fields; Quartz has second, minute, hour, day of month, month, day of week and optionally year, such as '0 30 2 * * ?'.`,
    )
  const [second, minute, hour, day, month, weekday, year = '*'] = parts as [
    ...[string, string, string, string, string, string, string],
  ]
  if ((day === '?') === (weekday === '?'))
    throw invalid(`${FIELD}: exactly one of day of month and day of week must be '?'; put it in the other.`)
  return [
    listOf(SECOND, second),
    listOf(MINUTE, minute),
    listOf(HOUR, hour),
    day === '?' ? '*' : dayOfMonth(day),
    listOf(MONTH, month),
    weekday === '?' ? '*' : dayOfWeek(weekday),
    listOf(YEAR, year),
  ].join(' ')
}

function dayOfMonth(text: string): string {
  if (text === 'L' || text === 'LW') return text
  const nearest = /^(\d{1,2})W$/.exec(text)
  if (nearest) return `${numberOf(DAY_OF_MONTH, nearest[1]!)}W`
  if (/L|W/.test(text))
    throw invalid(
      `${FIELD}: '${text}' is not supported for day of month; use L, LW, or one day with W such as 15W.`,
    )
  return listOf(DAY_OF_MONTH, text)
}

/** Unix counts from 0, Sunday. */
function dayOfWeek(text: string): string {
  if (text === 'L') return '6' // In Quartz: Saturday, the last day of the week.
  const last = /^(\w+)L$/.exec(text)
  if (last) return `${numberOf(DAY_OF_WEEK, last[1]!) - 1}L`
  const nth = /^(\w+)#([1-5])$/.exec(text)
  if (nth) return `${numberOf(DAY_OF_WEEK, nth[1]!) - 1}#${nth[2]}`
  if (/#|L$/.test(text))
    throw invalid(
      `${FIELD}: '${text}' is not supported for day of week; use one day with L such as 6L, or with # and 1 to 5 such as 2#1.`,
    )
  if (text === '*') return '*'
  return numbersOf(DAY_OF_WEEK, text)
    .map((day) => day - 1)
    .join(',')
}

const listOf = (field: Field, text: string) => (text === '*' ? '*' : numbersOf(field, text).join(','))

function numbersOf(field: Field, text: string): number[] {
  const numbers = new Set<number>()
  for (const item of text.split(',')) for (const number of itemNumbers(field, item)) numbers.add(number)
  return [...numbers].sort((a, b) => a - b)
}

/** `a`, `*`, `a-b`, which may wrap around, each with an optional `/step`; `a/step` continues to the maximum. */
function itemNumbers(field: Field, item: string): number[] {
  const [, from, to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d{1,4}))?$/.exec(item) ?? []
  if (from === undefined || (from === '*' && to !== undefined)) throw wrong(field, item)
  const by = step === undefined ? 1 : Number(step)
  if (by === 0) throw wrong(field, item)
  const first = from === '*' ? field.min : numberOf(field, from)
  const isSingle = from !== '*' && step === undefined
  const open = isSingle ? first : field.max
  const last = to === undefined ? open : numberOf(field, to)
  if (last < first && field === YEAR) throw wrong(field, item)
  const size = field.max - field.min + 1
  const length = last >= first ? last - first : last - first + size
  return Array.from(
    { length: Math.floor(length / by) + 1 },
    (_, i) => ((first - field.min + i * by) % size) + field.min,
  )
}

function numberOf(field: Field, text: string): number {
  const word = field.words?.indexOf(text) ?? -1
  const number = word >= 0 ? word + field.min : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= field.min && number <= field.max)) throw wrong(field, text)
  return number
}

const wrong = ({ name, min, max, words }: Field, text: string) =>
  invalid(
    `${FIELD}: '${text}' is not a ${name}; use ${min} to ${max}${words ? ` or ${words[0]} to ${words.at(-1)}` : ''}, '*', ranges a-b, steps a/b, and lists.`,
  )
