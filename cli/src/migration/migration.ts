import type { Progress } from '../copying/progress.js'
import type { Source } from '../copying/sources/source.js'
import type { Target } from '../copying/target/target.js'
import type { Ledger } from './ledger.js'

export interface Migration {
  readonly source: Source
  readonly target: Target
  readonly ledger: Ledger
  readonly progress: Progress
  /** False leaves the artifacts and their URIs as they are. */
  readonly withArtifacts: boolean
  readonly withTraces: boolean
  /** Names or ids; empty for all. */
  readonly experiments: readonly string[]
}

/** Returns the handler of a failed item, which records a refusal and throws every other error. */
export type SkipRefused = (item: string) => (error: unknown) => undefined
