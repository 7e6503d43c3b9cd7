/** Item metadata from sources other than the events; columns in the order of the interactions' item ids. */
export interface ItemFacts {
  readonly titles?: readonly string[]
  /** In MovieLens' format, `Adventure|Comedy`; empty when unknown. */
  readonly genres?: readonly string[]
  /** Release years; NaN when unknown. */
  readonly years?: Float64Array
  /** IMDb's mean rating and number of votes; NaN when unknown. */
  readonly imdbRatings?: Float64Array
  readonly imdbVotes?: Float64Array
  /** User tags separated by `|`; empty without tags. */
  readonly tags?: readonly string[]
}
