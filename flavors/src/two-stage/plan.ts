/** Number of latest events that count as recent. */
export const RECENT = 10

/** The features of the second stage, in the order of their columns. */
export interface Plan {
  /** Names of the models that propose candidates; features are each one's score and rank. */
  readonly members: readonly string[]
  /** Scores of members for the latest events only. */
  readonly views: readonly View[]
  /** Names of numeric traits. */
  readonly numbers: readonly string[]
  /** Numeric traits whose difference from their mean over the recent events is a feature. */
  readonly gaps: readonly string[]
  /** Names of label traits. */
  readonly labels: readonly string[]
}

export interface View {
  readonly member: string
  /** Number of latest events. */
  readonly latest: number
}

/** A column of the feature matrix; reasons name its source. */
export interface Feature {
  readonly name: string
  readonly kind: 'member' | 'number' | 'labels' | 'history'
  /** Name of the member or trait. */
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
