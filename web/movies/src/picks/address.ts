/** Page state in the URL, so that it can be shared, reloaded and undone with Back. */
export interface Choices {
  /** Film keys, oldest first, without duplicates. */
  readonly picks: readonly string[]
  readonly count: number
  /** Exclude picked films from the recommendations. */
  readonly hidePicked: boolean
}

export const COUNTS = [10, 20, 50] as const
export const MAX_PICKS = 100

const DEFAULTS = { count: COUNTS[0], hidePicked: true }

/** @param search query string with or without `?`; invalid parts are ignored, and the oldest of too many films */
export function parseChoices(search: string): Choices {
  const parameters = new Map(
    search
      .replace(/^\?/, '')
      .split('&')
      .map((pair): [string, string] => {
        const [name = '', value = ''] = pair.split('=')
        return [name, value]
      }),
  )
  const count = Number(parameters.get('k'))
  return {
    picks: parseKeys(parameters.get('films') ?? ''),
    count: COUNTS.find((value) => value === count) ?? DEFAULTS.count,
    hidePicked: parameters.get('seen') !== 'show',
  }
}

/** The inverse of `parseChoices`; empty for the default choices. */
export function formatChoices({ picks, count, hidePicked }: Choices): string {
  const parameters = [
    picks.length > 0 && `films=${picks.map(encodeURIComponent).join(',')}`,
    count !== DEFAULTS.count && `k=${count}`,
    hidePicked !== DEFAULTS.hidePicked && 'seen=show',
  ].filter(Boolean)
  return parameters.length > 0 ? `?${parameters.join('&')}` : ''
}

function parseKeys(text: string): string[] {
  const keys = text.split(/,|%2C/i).map(decode).filter(Boolean)
  return [...new Set(keys)].slice(-MAX_PICKS)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
