/** Events that count as recent in what is said of a history. */
export const RECENT = 10

/** What the second stage looks at, in the order of its columns. */
export interface Plan {
  /** Names of the models that propose candidates; each gives its score and the rank by it. */
  readonly members: readonly string[]
  /** The score of a member for the end of the history alone. */
  readonly views: readonly View[]
  /** Names of traits. */
  readonly numbers: readonly string[]
  /** Of which numbers the distance to their mean over the latest events counts too. */
  readonly gaps: readonly string[]
  /** Names of traits with labels. */
  readonly labels: readonly string[]
}

export interface View {
  readonly member: string
  /** So many of the latest events. */
  readonly latest: number
}

/** What a column says something of; reasons name it. */
export interface Feature {
  readonly name: string
  readonly kind: 'member' | 'number' | 'labels' | 'history'
  /** The member or trait. */
  readonly of: string
}

/** `ease`, `ease.rank`, `ease.last10`, `year`, `year.gap`, `genres.affinity`, `genres.affinity10`, `history.length`. */
export function listFeatures({ members, views, numbers, gaps, labels }: Plan): readonly Feature[] {
  const feature = (kind: Feature['kind'], of: string, suffix = ''): Feature => ({
    name: of + suffix,
    kind,
    of,
  })
  return [
    ...members.flatMap((of) => [feature('member', of), feature('member', of, '.rank')]),
    ...views.map(({ member, latest }) => feature('member', member, `.last${latest}`)),
    ...numbers.map((of) => feature('number', of)),
    ...gaps.map((of) => feature('number', of, '.gap')),
    ...labels.flatMap((of) => [
      feature('labels', of, '.affinity'),
      feature('labels', of, `.affinity${RECENT}`),
    ]),
    feature('history', 'history', '.length'),
  ]
}
