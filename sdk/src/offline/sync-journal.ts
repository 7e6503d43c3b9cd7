import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SyncEvent } from './event.js'
import { LogFile } from './log-file.js'
import { readLog } from './read-log.js'

export type Target = Extract<SyncEvent, { type: 'target' }>

/** What a server has of a run, as far as syncs before this one wrote it down. Losing it costs work, never correctness. */
export interface SyncState {
  readonly target?: Target
  /** The log up to here is sent. */
  readonly offset: number
  /** Digests by artifact path. */
  readonly stored: ReadonlyMap<string, string>
  /** The server's ids by the log's. */
  readonly models: ReadonlyMap<string, string>
  /** The log up to here, artifacts included, is on the server. */
  readonly doneAt?: number
}

const journalOf = (runFolder: string) => join(runFolder, 'sync.jsonl')

/** @returns the state of nothing sent for a server that is not the journal's last. */
export async function readSyncState(runFolder: string, server: string): Promise<SyncState> {
  let state = nothingSent()
  if (!existsSync(journalOf(runFolder))) return state
  for await (const { event } of readLog<SyncEvent>(journalOf(runFolder))) {
    if (event.type === 'target') state = { ...nothingSent(), target: event }
    else if (event.type === 'sent') state.offset = event.offset
    else if (event.type === 'stored') state.stored.set(event.path, event.sha256)
    else if (event.type === 'model') state.models.set(event.id, event.model_id)
    else state.doneAt = event.offset
  }
  return state.target?.server === server ? state : nothingSent()
}

interface Growing {
  target?: Target
  offset: number
  stored: Map<string, string>
  models: Map<string, string>
  doneAt?: number
}

export const nothingSent = (): Growing => ({ offset: 0, stored: new Map(), models: new Map() })

/** Writes down what was sent. Not synced to the disk: what a crash takes back is sent again, to the same effect. */
export class SyncJournal {
  readonly #file: LogFile

  constructor(runFolder: string) {
    this.#file = LogFile.open(journalOf(runFolder))
  }

  write(event: SyncEvent): void {
    this.#file.append(event)
  }

  close(): void {
    this.#file.close()
  }
}
