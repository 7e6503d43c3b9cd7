export interface ScorerRow {
  scorer_id: string
  experiment_id: number
  name: string
}

export interface ScorerVersionRow {
  scorer_id: string
  version: number
  serialized_scorer: string
  creation_time: number
}

export interface ScorerSchema {
  scorers: ScorerRow
  scorer_versions: ScorerVersionRow
}
