/** What is known of the items beside the events; columns in the order of the interactions' item ids. */
export interface ItemFacts {
  readonly titles?: readonly string[]
  /** As in MovieLens: `Adventure|Comedy`; empty when unknown. */
  readonly genres?: readonly string[]
  /** Of release; NaN when unknown. */
  readonly years?: Float64Array
  /** IMDb's mean rating and number of votes; NaN when unknown. */
  readonly imdbRatings?: Float64Array
  readonly imdbVotes?: Float64Array
  /** Words that people gave, `|` between them; empty when there are none. */
  readonly tags?: readonly string[]
}
