export interface UnknownFilms {
  /** Keys of the films, the first ones only. */
  readonly keys: readonly string[]
  /** Number of further films. */
  readonly more: number
}

const NOTICE = /^history: the model does not know (.+?)(?: and (\d+) more)?$/

/** Reads the notice of a recommender that names films of the history; undefined for other notices. */
export function unknownFilms(notice: string): UnknownFilms | undefined {
  const [, list, more = '0'] = NOTICE.exec(notice) ?? []
  if (list === undefined) return undefined
  try {
    const ids: unknown[] = JSON.parse(`[${list}]`)
    return { keys: ids.map(String), more: Number(more) }
  } catch {
    return undefined // a long id is cut
  }
}

/** Returns whether a notice says why a list is empty, which the page says in its own words. */
export const isNoneLeft = (notice: string) => notice.startsWith('no item is left to recommend')
