import type { ImportedExperiment, RunDigest } from '@cairn/platform/protocol/cairn/imports'
import type { Point, SourceFile, SourceRun } from '../copying/sources/source.js'

/** The format of an export of runs, named in its header. */
export const EXPORT_FORMAT = 'cairn.runs/1'

/**
 * The records of an export, in this order: an experiment before its runs, a run before its metrics and files, and its
 * digest after those.
 */
export type TransferRecord =
  | { readonly kind: 'header'; readonly format: string }
  | ({ readonly kind: 'experiment' } & ImportedExperiment)
  | { readonly kind: 'run'; readonly run: Omit<SourceRun, 'metrics'> }
  | { readonly kind: 'metrics'; readonly points: readonly Point[] }
  /** The file itself is in the folder next to the records. */
  | ({ readonly kind: 'file' } & SourceFile)
  | { readonly kind: 'run end'; readonly digest: RunDigest }
  | { readonly kind: 'end'; readonly runs: number; readonly points: number; readonly files: number }
