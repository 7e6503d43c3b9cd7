import i18next from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { isDrawable } from '../metrics/infinity.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Caches a formatter for each language: construction costs more than a hundred calls, and tables format each cell. */
function byLanguage<Formatter>(create: (language: string) => Formatter): (language: string) => Formatter {
  const known = new Map<string, Formatter>()
  return (language) => {
    const formatter = known.get(language) ?? create(language)
    known.set(language, formatter)
    return formatter
  }
}

const decimals = (maximumFractionDigits: number) =>
  byLanguage((language) => new Intl.NumberFormat(language, { maximumFractionDigits }))

const fixed = Array.from({ length: 5 }, (_, digits) =>
  byLanguage(
    (language) =>
      new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  ),
)
const [largeDecimals, mediumDecimals, smallDecimals] = [decimals(1), decimals(2), decimals(4)]
const TICK_DIGITS = 10 // fewer than those of errors of rounding
const ticks = byLanguage(
  (language) => new Intl.NumberFormat(language, { maximumSignificantDigits: TICK_DIGITS }),
)
const PERCENT = { style: 'percent', maximumFractionDigits: 1 } as const
const percents = byLanguage(
  (language) => new Intl.NumberFormat(language, { ...PERCENT, signDisplay: 'exceptZero' }),
)
const shares = byLanguage((language) => new Intl.NumberFormat(language, PERCENT))
const relativeTimes = byLanguage(
  (language) => new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' }),
)
const dates = byLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }))
const times = byLanguage(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }),
)

const MAX_DECIMALS = 4
/** Smaller integers, as counts of parameters, are shown with all digits. */
const MAX_INTEGER = 1e12

/**
 * Up to four decimals, fewer for large numbers; integers without decimals; very small and large numbers as exponents.
 * @param digits a fixed number of decimals up to four, as of a column
 */
export function formatMetric(value: number | string | undefined, language = 'en', digits = 0): string {
  if (value === undefined || value === '') return ''
  const number = Number(value)
  const size = Math.abs(number)
  if (!isDrawable(number)) return notFinite(number)
  if (Number.isInteger(number) && size < MAX_INTEGER) return fixed[digits]!(language).format(number)
  if (isExponential(size)) return number.toExponential(3).replace('e+', 'e')
  if (digits > 0) return fixed[digits]!(language).format(number)
  if (size < 1) return number.toFixed(MAX_DECIMALS)
  const format = size < 10 ? smallDecimals : size < 1000 ? mediumDecimals : largeDecimals
  return format(language).format(number)
}

/** `0.0000 – 0.0060`: both ends with the decimals of the one that needs more. */
export function formatRange(low: number, high: number, language = 'en'): string {
  const digits = Math.max(decimalsOf(low), decimalsOf(high))
  return [low, high].map((end) => formatMetric(end, language, digits)).join(' – ')
}

/** A tick of an axis has as many digits as it needs; small and large ones are exponents. */
export function formatTick(tick: number, language: string = i18next.language): string {
  const size = Math.abs(tick)
  if (tick === 0 || (size >= 1e-4 && size < 1e6)) return ticks(language).format(tick)
  return Number(tick.toPrecision(TICK_DIGITS)).toExponential().replace('e+', 'e')
}

const isExponential = (size: number) => size < 1e-4 || size >= 1e9

/** The decimals that `formatMetric` shows of a value. */
export function decimalsOf(value: number): number {
  const size = Math.abs(value)
  if (!isDrawable(value) || Number.isInteger(value) || isExponential(size)) return 0
  if (size < 1) return MAX_DECIMALS
  let decimals = size < 10 ? MAX_DECIMALS : size < 1000 ? 2 : 1
  let scaled = Math.round(size * 10 ** decimals)
  while (decimals > 0 && scaled % 10 === 0) {
    scaled /= 10
    decimals--
  }
  return decimals
}

const notFinite = (number: number) => (Number.isNaN(number) ? 'NaN' : number > 0 ? '∞' : '−∞')

interface Units {
  readonly ms: string
  readonly s: string
  readonly m: string
  readonly h: string
  readonly d: string
}

const UNITS: Readonly<Record<string, Units>> = {
  en: { ms: ' ms', s: ' s', m: ' m', h: ' h', d: ' d' },
  ko: { ms: '밀리초', s: '초', m: '분', h: '시간', d: '일' },
}

/** `842 ms`, `3.2 s`, `4 m 10 s`, `2 h 5 m`, `3 d 4 h`; in Korean `4분 10초`. @param language default: that of the page */
export function formatDuration(ms: number, language: string = i18next.language): string {
  const unit = UNITS[language] ?? UNITS.en!
  if (ms < 1000) return `${Math.round(ms)}${unit.ms}`
  if (ms < MINUTE) return `${(ms / 1000).toFixed(1)}${unit.s}`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}${unit.m} ${Math.floor((ms % MINUTE) / 1000)}${unit.s}`
  if (ms < DAY) return `${Math.floor(ms / HOUR)}${unit.h} ${Math.floor((ms % HOUR) / MINUTE)}${unit.m}`
  return `${Math.floor(ms / DAY)}${unit.d} ${Math.floor((ms % DAY) / HOUR)}${unit.h}`
}

/** Like `formatDuration`, but with fractions of short times: `0.42 ms`. */
export function formatShortDuration(ms: number, language: string = i18next.language): string {
  if (ms <= 0 || ms >= 10) return formatDuration(ms, language)
  return `${Number(ms.toPrecision(2))}${(UNITS[language] ?? UNITS.en!).ms}`
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit++
  }
  return `${unit === 0 ? size : size.toPrecision(3)} ${units[unit]}`
}

export function formatAgo(time: number, now: number, language: string): string {
  const words = relativeTimes(language)
  const ago = time - now
  const size = Math.abs(ago)
  if (size < MINUTE) return words.format(Math.round(ago / 1000), 'second')
  if (size < HOUR) return words.format(Math.round(ago / MINUTE), 'minute')
  if (size < DAY) return words.format(Math.round(ago / HOUR), 'hour')
  if (size < 30 * DAY) return words.format(Math.round(ago / DAY), 'day')
  return dates(language).format(time)
}

export const formatTime = (time: number, language: string) => times(language).format(time)

/** `14:03:20`, the same in both languages. */
export const formatClock = (time: number) => clock.format(time)

const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' })

export type Format = ReturnType<typeof formatsOf>

/** Formatters for a language. */
export const formatsOf = (language: string) => ({
  language,
  metric: (value: number | string | undefined, digits?: number) => formatMetric(value, language, digits),
  range: (low: number, high: number) => formatRange(low, high, language),
  tick: (tick: number) => formatTick(tick, language),
  integer: (value: number) => value.toLocaleString(language),
  /** `+12.3%` of 0.123. */
  percent: (share: number) => percents(language).format(share),
  /** `12.3%` of 0.123. */
  share: (share: number) => shares(language).format(share),
  duration: (ms: number) => formatDuration(ms, language),
  ago: (time: number) => formatAgo(time, Date.now(), language),
  time: (time: number) => formatTime(time, language),
})

/** Formatters for the current language, stable while the language does not change. */
export function useFormat(): Format {
  const { i18n } = useTranslation()
  return useMemo(() => formatsOf(i18n.language), [i18n.language])
}
