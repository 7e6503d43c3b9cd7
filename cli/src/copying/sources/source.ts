import type { Readable } from 'node:stream'
import type {
  ImportedExperiment,
  ImportedLoggedModel,
  ImportedModel,
  ImportedRun,
  ImportedTrace,
} from '@cairn/platform/protocol/imports'

export type Point = NonNullable<ImportedRun['metrics']>[number]

export interface SourceExperiment extends ImportedExperiment {
  readonly experiment_id: string
}

/** Of a metric, what is known of its history before that is read. */
export interface SourceMetric {
  readonly key: string
  /** Another one when points have come, as far as a source tells: how much it holds, or which point is the latest. */
  readonly extent: number | string
}

/** Without its points, which `history` reads. */
export interface SourceRun extends Omit<ImportedRun, 'metrics' | 'more'> {
  readonly artifact_uri: string
  readonly metrics: readonly SourceMetric[]
}

export interface SourceModel extends ImportedLoggedModel {
  readonly artifact_uri: string
}

/** Without its spans, which `spans` reads. */
export interface SourceTrace extends Omit<ImportedTrace, 'spans'> {
  /** Another one when spans have come, where a source tells. */
  readonly extent?: number | string
}

export interface SourceFile {
  /** `/`-separated, below the artifacts of its run or model. */
  readonly path: string
  readonly size: number
  /** Another one when the file has other bytes, where a source tells when it was written. */
  readonly stamp?: number
}

/** Told in a sentence of a link that is not followed. */
export type LeftOut = (sentence: string) => void

/** Files of one run or model. */
export interface SourceFiles {
  list(leftOut?: LeftOut): AsyncIterable<SourceFile>
  open(path: string): Promise<Readable>
}

/** Another MLflow store. Whatever is large comes in pieces. */
export interface Source {
  experiments(): AsyncIterable<SourceExperiment>
  /** Deleted ones too. */
  runs(experiment: SourceExperiment): AsyncIterable<SourceRun>
  /** All points of all metrics of a run, each once, at most 5000 at a time. */
  history(run: SourceRun): AsyncIterable<Point[]>
  loggedModels(experiment: SourceExperiment): AsyncIterable<SourceModel>
  traces(experiment: SourceExperiment): AsyncIterable<SourceTrace>
  /** Each in JSON, as MLflow keeps it; none where the source has none that can be read. */
  spans(trace: SourceTrace): Promise<readonly string[]>
  registeredModels(): AsyncIterable<ImportedModel>
  files(kind: 'runs' | 'logged-models', owner: SourceRun | SourceModel): SourceFiles
  close(): void
}

export const BATCH = 5000

const MODEL_STATUS = [
  'LOGGED_MODEL_STATUS_UNSPECIFIED',
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
] as const

/** Of a logged model, by the number that stores keep. */
export const modelStatus = (code: number) => MODEL_STATUS[code] ?? 'LOGGED_MODEL_STATUS_UNSPECIFIED'

/** File stores keep a point as often as it was logged. */
export function unique(points: readonly Point[]): Point[] {
  const seen = new Set<string>()
  return points.filter(({ key, value, timestamp, step = 0 }) => {
    const id = `${key} ${timestamp} ${step} ${value}`
    return seen.size !== seen.add(id).size
  })
}
