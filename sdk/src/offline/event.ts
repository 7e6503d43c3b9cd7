import { createHash } from 'node:crypto'
import type { LogModelOptions, RegisterModelOptions } from '../models/log-model.js'
import type { Table } from '../tables/log-table.js'
import type { Batch } from '../tracking/runs.js'
import type { DatasetInput, RunStatus } from '../wire.js'
import type { ProcessIdentity } from './process-identity.js'

/** A file in the run's `files` folder, named by its digest. */
export interface StoredFile {
  readonly sha256: string
  readonly size: number
}

/** An event of a run's log, one per line; the first is the `run`. */
export type LogEvent =
  | {
      readonly type: 'run'
      readonly id: string
      readonly experiment: string
      readonly name?: string
      readonly tags: Record<string, string>
      readonly start_time: number
      readonly parent?: { readonly offline: string } | { readonly runId: string }
      readonly process: ProcessIdentity
    }
  | { readonly type: 'batch'; readonly at: number; readonly batch: Batch }
  | { readonly type: 'inputs'; readonly datasets: readonly DatasetInput[] }
  | { readonly type: 'artifact'; readonly path: string; readonly file: StoredFile }
  | { readonly type: 'table'; readonly path: string; readonly rows: Table }
  | {
      readonly type: 'model'
      readonly id: string
      readonly options: LogModelOptions
      readonly files: Record<string, StoredFile>
    }
  | {
      readonly type: 'register'
      readonly id: string
      /** Id of a model event, or of a model on the server. */
      readonly model: string
      readonly options: RegisterModelOptions
    }
  | { readonly type: 'end'; readonly status: RunStatus; readonly end_time: number }

/** An event of `sync.jsonl`, the journal of what a server has; events before a `target` are about another server. */
export type SyncEvent =
  | {
      readonly type: 'target'
      readonly server: string
      readonly run_id: string
      readonly experiment_id: string
      readonly artifact_uri: string
    }
  /** The log up to this byte is on the server, except artifacts and tables. */
  | { readonly type: 'sent'; readonly offset: number }
  | { readonly type: 'stored'; readonly path: string; readonly sha256: string }
  | { readonly type: 'model'; readonly id: string; readonly model_id: string }
  | { readonly type: 'done'; readonly offset: number }

/**
 * Encodes an event as a line of JSON: `{"sum":"…","event":{…}}`. The checksum is the first 16 hex digits of the SHA-256 of
 * the bytes of `event`, so truncated, overwritten and partially written lines are detected.
 */
export function encodeLine(event: object): string {
  const json = JSON.stringify(event)
  return `${HEAD}${checksum(json)}${MIDDLE}${json}}\n`
}

/** @returns undefined if the line is damaged */
export function decodeLine(line: string): object | undefined {
  if (!line.startsWith(HEAD) || !line.startsWith(MIDDLE, HEAD.length + SUM_LENGTH) || !line.endsWith('}'))
    return undefined
  const json = line.slice(HEAD.length + SUM_LENGTH + MIDDLE.length, -1)
  if (checksum(json) !== line.slice(HEAD.length, HEAD.length + SUM_LENGTH)) return undefined
  return JSON.parse(json) as object
}

const HEAD = '{"sum":"'
const MIDDLE = '","event":'
const SUM_LENGTH = 16

const checksum = (json: string) => createHash('sha256').update(json).digest('hex').slice(0, SUM_LENGTH)
