import { createHash } from 'node:crypto'
import type { LogModel, RegisterModel } from '../models/log-model.js'
import type { Table } from '../run/log-table.js'
import type { Batch } from '../tracking/runs.js'
import type { DatasetInput, RunStatus } from '../wire.js'
import type { ProcessIdentity } from './process-identity.js'

/** Bytes that lie in the run's `files` folder under their digest. */
export interface StoredFile {
  readonly sha256: string
  readonly size: number
}

/** What a run's log says, line by line; the first line of a log is the `run`. */
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
      readonly options: LogModel
      readonly files: Record<string, StoredFile>
    }
  | {
      readonly type: 'register'
      readonly id: string
      /** The id of a model event, or of a model that is on the server. */
      readonly model: string
      readonly options: RegisterModel
    }
  | { readonly type: 'end'; readonly status: RunStatus; readonly end_time: number }

/** What `sync.jsonl`, beside the log, says of what a server has; everything before a `target` is about another server. */
export type SyncEvent =
  | {
      readonly type: 'target'
      readonly server: string
      readonly run_id: string
      readonly experiment_id: string
      readonly artifact_uri: string
    }
  /** The log up to this byte is on the server, but for artifacts and tables. */
  | { readonly type: 'sent'; readonly offset: number }
  | { readonly type: 'stored'; readonly path: string; readonly sha256: string }
  | { readonly type: 'model'; readonly id: string; readonly model_id: string }
  | { readonly type: 'done'; readonly offset: number }

/**
 * One event as a line of JSON: `{"sum":"…","event":{…}}`. The sum is the first 16 hex digits of the SHA-256 of the bytes of
 * `event`, so a line that is cut, overwritten or half on the disk is told from a whole one.
 */
export function encodeLine(event: object): string {
  const json = JSON.stringify(event)
  return `${HEAD}${sumOf(json)}${MIDDLE}${json}}\n`
}

/** @returns undefined unless the line is exactly as it was written. */
export function decodeLine(line: string): object | undefined {
  if (!line.startsWith(HEAD) || !line.startsWith(MIDDLE, HEAD.length + SUM) || !line.endsWith('}'))
    return undefined
  const json = line.slice(HEAD.length + SUM + MIDDLE.length, -1)
  if (sumOf(json) !== line.slice(HEAD.length, HEAD.length + SUM)) return undefined
  return JSON.parse(json) as object
}

const HEAD = '{"sum":"'
const MIDDLE = '","event":'
const SUM = 16

const sumOf = (json: string) => createHash('sha256').update(json).digest('hex').slice(0, SUM)
