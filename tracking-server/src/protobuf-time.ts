import { invalid } from '@cairn/platform/errors'

/** Protobuf timestamps cover the years 1 to 9999. */
export const MIN_TIME = Date.parse('0001-01-01T00:00:00Z')
export const MAX_TIME = Date.UTC(10_000, 0) - 1

const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|([+-])(\d{2}):(\d{2}))$/
/** JavaScript clients write all digits of a double, and `5e-7` for durations below a microsecond. */
const DURATION = /^(-?)(\d{1,12})(?:\.(\d+))?(e-\d{1,3})?s$/

/** Parses a protobuf Timestamp, `2026-01-01T00:00:00.123Z`, to milliseconds. @throws INVALID_PARAMETER_VALUE naming `field` */
export function readTime(text: string, field: string): number {
  const match = TIMESTAMP.exec(text)
  const seconds = match ? Date.parse(`${text.slice(0, 19)}Z`) : Number.NaN
  if (!match || Number.isNaN(seconds)) throw refuse(text, field, 'a time such as 2026-01-01T00:00:00.123Z')
  const [fraction = '', sign, hours = '0', minutes = '0'] = [match[7], match[9], match[10], match[11]]
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1)
  const time = seconds + Number(fraction.padEnd(3, '0').slice(0, 3)) - offset
  return Math.min(MAX_TIME, Math.max(MIN_TIME, time))
}

/** Parses a protobuf Duration, `1.500s`, to milliseconds. @throws INVALID_PARAMETER_VALUE naming `field` */
export function readDuration(text: string, field: string): number {
  const [, sign, digits, fraction = '0', exponent] = DURATION.exec(text) ?? []
  if (digits === undefined) throw refuse(text, field, 'a number of seconds such as 1.500s')
  const [seconds, part] = exponent
    ? [0, Number(`${digits}.${fraction}${exponent}`)]
    : [Number(digits), Number(`0.${fraction}`)]
  const milliseconds = seconds * 1000 + Math.trunc(Math.round(part * 1e9) / 1e6)
  return sign ? -milliseconds : milliseconds
}

/** Formats a protobuf Timestamp, without a zero fraction. Times outside of protobuf's range are clamped. */
export const writeTime = (ms: number) =>
  new Date(Math.min(MAX_TIME, Math.max(MIN_TIME, ms))).toISOString().replace('.000Z', 'Z')

export function writeDuration(ms: number): string {
  const [whole, part] = [Math.trunc(Math.abs(ms) / 1000), Math.abs(ms) % 1000]
  return `${ms < 0 ? '-' : ''}${whole}${part ? `.${String(part).padStart(3, '0')}` : ''}s`
}

const refuse = (text: string, field: string, wanted: string) =>
  invalid(
    `Invalid value ${JSON.stringify(text.slice(0, 100))} for parameter '${field}' supplied: it must be ${wanted}.`,
  )
