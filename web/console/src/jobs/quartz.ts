/** A rhythm that the form can show; other expressions are `custom`. */
export type Rhythm =
  | { readonly kind: 'minutes'; readonly every: number }
  | { readonly kind: 'hourly'; readonly every: number; readonly minute: number }
  | { readonly kind: 'daily'; readonly time: string }
  | { readonly kind: 'weekly'; readonly time: string; readonly days: readonly Day[] }
  | { readonly kind: 'monthly'; readonly time: string; readonly day: string }
  | { readonly kind: 'custom'; readonly expression: string }
type RhythmKind = Rhythm['kind']

export const RHYTHMS = ['minutes', 'hourly', 'daily', 'weekly', 'monthly', 'custom'] as const
export const DAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const
export type Day = (typeof DAYS)[number]

/** Quartz counts from 1, Sunday. */
const DAY_NUMBERS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const
/** `L` is the last day of the month. */
export const DAYS_OF_MONTH = [...Array.from({ length: 31 }, (_, index) => String(index + 1)), 'L']

/** @param rhythm with a time as `HH:MM` */
export function toQuartz(rhythm: Rhythm): string {
  switch (rhythm.kind) {
    case 'minutes':
      return `0 0/${rhythm.every} * * * ?`
    case 'hourly':
      return `0 ${rhythm.minute} ${rhythm.every === 1 ? '*' : `0/${rhythm.every}`} * * ?`
    case 'daily':
      return `0 ${clock(rhythm.time)} * * ?`
    case 'weekly':
      return `0 ${clock(rhythm.time)} ? * ${DAYS.filter((day) => rhythm.days.includes(day)).join(',')}`
    case 'monthly':
      return `0 ${clock(rhythm.time)} ${rhythm.day} * ?`
    case 'custom':
      return rhythm.expression
  }
}

const clock = (time: string) => {
  const [hour, minute] = time.split(':').map(Number)
  return `${minute} ${hour}`
}

/** The rhythm of an expression, `custom` unless one of the others has exactly its times. */
export function fromQuartz(expression: string): Rhythm {
  const custom: Rhythm = { kind: 'custom', expression }
  const [second, minute = '', hour = '', day = '', month, weekday = '', year = '*'] = expression
    .trim()
    .toUpperCase()
    .split(/\s+/)
  if (second !== '0' || month !== '*' || year !== '*') return custom
  const isEveryDay = (day === '*' && weekday === '?') || (day === '?' && weekday === '*')
  if (!isEveryDay) return someDays(minute, hour, day, weekday) ?? custom
  return withinDay(minute, hour) ?? custom
}

const NUMBER = /^\d{1,2}$/

/** For words: also reads expressions with a second, which the form keeps as they were written. */
export function fromQuartzWithSeconds(expression: string): Rhythm {
  const [, second = '', rest = ''] = /^\s*([1-5]?\d)(\s.*)$/.exec(expression) ?? []
  const rhythm = fromQuartz(`0${rest}`)
  if (second === '' || !('time' in rhythm)) return fromQuartz(expression)
  return Number(second) === 0 ? rhythm : { ...rhythm, time: `${rhythm.time}:${second.padStart(2, '0')}` }
}

function withinDay(minute: string, hour: string): Rhythm | undefined {
  const everyMinutes = /^(?:0|\*)\/(\d+)$/.exec(minute)
  if (everyMinutes) return hour === '*' ? { kind: 'minutes', every: Number(everyMinutes[1]) } : undefined
  if (!NUMBER.test(minute)) return undefined
  const everyHours = /^(?:(?:0|\*)\/(\d+)|\*)$/.exec(hour)
  if (everyHours) return { kind: 'hourly', every: Number(everyHours[1] ?? 1), minute: Number(minute) }
  return NUMBER.test(hour) ? { kind: 'daily', time: timeOf(hour, minute) } : undefined
}

function someDays(minute: string, hour: string, day: string, weekday: string): Rhythm | undefined {
  if (!NUMBER.test(minute) || !NUMBER.test(hour)) return undefined
  const time = timeOf(hour, minute)
  const days = day === '?' ? daysOf(weekday) : undefined
  if (days) return { kind: 'weekly', time, days }
  return weekday === '?' && DAYS_OF_MONTH.includes(day) ? { kind: 'monthly', time, day } : undefined
}

const timeOf = (hour: string, minute: string) => `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`

function daysOf(text: string): readonly Day[] | undefined {
  const range = /^(\w+)-(\w+)$/.exec(text)
  const found = range ? rangeOf(dayOf(range[1]!), dayOf(range[2]!)) : text.split(',').map(dayOf)
  return found?.every((day) => day !== undefined) ? DAYS.filter((day) => found.includes(day)) : undefined
}

const dayOf = (text: string): Day | undefined =>
  DAY_NUMBERS[Number(text) - 1] ?? DAYS.find((day) => day === text)

function rangeOf(from: Day | undefined, to: Day | undefined): readonly Day[] | undefined {
  if (!from || !to) return undefined
  const [first, last] = [DAYS.indexOf(from), DAYS.indexOf(to)]
  return first <= last ? DAYS.slice(first, last + 1) : undefined
}

/** The first rhythm of a kind, which keeps the time of the one before. */
export function startOf(kind: RhythmKind, before: Rhythm): Rhythm {
  const time = 'time' in before ? before.time : '02:30'
  switch (kind) {
    case 'minutes':
      return { kind, every: 15 }
    case 'hourly':
      return { kind, every: 1, minute: 0 }
    case 'daily':
      return { kind, time }
    case 'weekly':
      return { kind, time, days: ['MON'] }
    case 'monthly':
      return { kind, time, day: '1' }
    case 'custom':
      return { kind, expression: toQuartz(before) }
  }
}
