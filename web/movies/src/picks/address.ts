/** What the page's address keeps, so that a history can be shared, reloaded and gone back in. */
export interface Choices {
  /** Film keys, oldest first, each once. */
  readonly picks: readonly string[]
  readonly count: number
  /** Leave the picked films out of the recommendations. */
  readonly hidePicked: boolean
}

export const COUNTS = [10, 20, 50] as const
export const MOST_PICKS = 100

const DEFAULTS = { count: COUNTS[0], hidePicked: true }

/** @param search of an address, with or without its `?`; what it does not understand is left out */
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
    count: COUNTS.find((one) => one === count) ?? DEFAULTS.count,
    hidePicked: parameters.get('seen') !== 'show',
  }
}

/** The address that `parseChoices` reads the same from; empty for choices that nobody made. */
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
  return [...new Set(keys)].slice(0, MOST_PICKS)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
