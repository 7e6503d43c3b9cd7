import { invalid } from '@cairn/platform/errors'

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Parses `30d`, `12h` or `1d12h`. @returns seconds. @throws INVALID_PARAMETER_VALUE */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw invalid(`'${text}' is not a duration; use e.g. 30d, 12h or 15m.`)
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit!]!, 0)
}
