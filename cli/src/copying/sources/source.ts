import type { Readable } from 'node:stream'
import type {
  ImportedExperiment,
  ImportedLoggedModel,
  ImportedModel,
  ImportedRun,
  ImportedTrace,
} from '@cairn/platform/protocol/cairn/imports'

type ImportedPoint = NonNullable<ImportedRun['metrics']>[number]

/** Numbers that JSON cannot express and that are sent as strings. */
export type NonFinite = 'NaN' | 'Infinity' | '-Infinity'

/** One value of a metric; sources that read JSON return NaN and infinities as strings. */
export interface Point extends Omit<ImportedPoint, 'value'> {
  readonly value: number | NonFinite
}

export interface SourceExperiment extends ImportedExperiment {
  readonly experiment_id: string
}

/** A metric of a run, with what is known about its history without reading it. */
export interface SourceMetric {
  readonly key: string
  /** Changes when points are added, as far as the source shows: a size, a count, or the latest point. */
  readonly extent: number | string
}

/** A run without its points; `history` reads these. */
export interface SourceRun extends Omit<ImportedRun, 'metrics' | 'more'> {
  readonly artifact_uri: string
  readonly metrics: readonly SourceMetric[]
}

export interface SourceModel extends ImportedLoggedModel {
  readonly artifact_uri: string
}

/** A trace without its spans; `spans` reads these. */
export interface SourceTrace extends Omit<ImportedTrace, 'spans'> {
  /** Changes when spans are added; undefined if the source does not show this. */
  readonly extent?: number | string
}

export interface SourceFile {
  /** `/`-separated, relative to the artifact root of its run or model. */
  readonly path: string
  readonly size: number
  /** Modification time; undefined if the source has none. */
  readonly stamp?: number
}

/** Called with a sentence for each link that is not followed, and each file that the target refuses. */
export type OnSkipped = (sentence: string) => void

/** The kinds of objects with files, as the import API names them. */
export type FileOwner = 'runs' | 'logged-models'

/** The files of one run or model. */
export interface SourceFiles {
  list(onSkipped?: OnSkipped): AsyncIterable<SourceFile>
  open(path: string): Promise<Readable>
}

/** Objects of a kind that copies omit. */
export interface NotCopied {
  /** The name of the kind, for one and for several. */
  readonly what: readonly [one: string, several: string]
  /** Undefined if the source failed to list them. */
  readonly count: number | undefined
}

export const EVALUATION_DATA_SETS = ['evaluation data set', 'evaluation data sets'] as const
export const SCORERS = ['scorer', 'scorers'] as const
export const WEBHOOKS = ['webhook', 'webhooks'] as const

/** An MLflow store to copy from. Everything is streamed, so that memory stays constant. */
export interface Source {
  experiments(): AsyncIterable<SourceExperiment>
  /** Includes deleted runs. */
  runs(experiment: SourceExperiment): AsyncIterable<SourceRun>
  /** All distinct points of all metrics of a run, in batches of at most 5000. */
  history(run: SourceRun): AsyncIterable<Point[]>
  loggedModels(experiment: SourceExperiment): AsyncIterable<SourceModel>
  traces(experiment: SourceExperiment): AsyncIterable<SourceTrace>
  /** Each span as JSON, in MLflow's stored format; empty when the source has no readable ones. */
  spans(trace: SourceTrace): Promise<readonly string[]>
  registeredModels(): AsyncIterable<ImportedModel>
  files(kind: FileOwner, owner: SourceRun | SourceModel): SourceFiles
  /** Counts the objects that no method above reads, by kind; a kind may have none. */
  notCopied(): Promise<NotCopied[]>
  close(): void
}

export const BATCH = 5000

const MODEL_STATUS = [
  'LOGGED_MODEL_STATUS_UNSPECIFIED',
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
] as const

/** The status of a logged model by the number that MLflow's stores contain. */
export const modelStatus = (code: number) => MODEL_STATUS[code] ?? 'LOGGED_MODEL_STATUS_UNSPECIFIED'

/** Removes duplicates: file stores contain a point as often as it was logged. */
export function distinctPoints(points: readonly Point[]): Point[] {
  const seen = new Set<string>()
  return points.filter(({ key, value, timestamp, step = 0 }) => {
    const id = `${key} ${timestamp} ${step} ${value}`
    return seen.size !== seen.add(id).size
  })
}
