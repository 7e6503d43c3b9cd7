/** Page state as a readable query string: `?filter=…&selected=a,b`. Every value is a string, which its page parses. */
export type UrlState = Readonly<Record<string, string | undefined>>

export function parseState(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

export function stringifyState(state: Record<string, unknown>): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(state))
    if (value !== undefined && value !== '') search.set(key, String(value))
  const text = search.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/')
  return text && `?${text}`
}

/** Validates search params by dropping unknown keys and empty values. */
export const keep =
  <const K extends string>(...keys: readonly K[]) =>
  (state: Record<string, unknown>): { [key in K]?: string } =>
    Object.fromEntries(
      keys.flatMap((key) =>
        state[key] === undefined || state[key] === '' ? [] : [[key, String(state[key])]],
      ),
    ) as { [key in K]?: string }

/** Joins a list with commas; commas inside an item become `%2C`. */
export const listToText = (items: readonly string[]): string | undefined =>
  items.length === 0
    ? undefined
    : items.map((item) => item.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',')

export const textToList = (text: string | undefined): string[] =>
  text ? text.split(',').map((item) => item.replaceAll('%2C', ',').replaceAll('%25', '%')) : []
