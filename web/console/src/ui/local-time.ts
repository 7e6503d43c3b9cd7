/** The text of a `datetime-local` field, which has no time zone. @param ms NaN for an empty field */
export function localText(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return ''
  const date = new Date(ms)
  return Number.isNaN(date.getTime())
    ? ''
    : new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/** Milliseconds since the epoch of such a text; empty for an empty text. */
export const localMs = (text: string): string => (text ? String(new Date(text).getTime()) : '')
