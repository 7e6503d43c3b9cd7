import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SyncEvent } from './event.js'
import { LogFile } from './log-file.js'
import { readLog } from './read-log.js'

export type Target = Extract<SyncEvent, { type: 'target' }>

/** The progress of one run on one server. A lost journal costs repeated work, never correctness. */
export interface SyncState {
  readonly target?: Target
  /** The log up to this byte is sent. */
  readonly offset: number
  /** Digests of stored artifacts by path. */
  readonly stored: ReadonlyMap<string, string>
  /** The server's model ids by the log's. */
  readonly models: ReadonlyMap<string, string>
  /** The log up to this byte, including artifacts, is on the server. */
  readonly doneAt?: number
}

const journalPath = (runFolder: string) => join(runFolder, 'sync.jsonl')

/** Returns an empty state unless `server` is the last one in the journal. */
export async function readSyncState(runFolder: string, server: string): Promise<SyncState> {
  let state = emptySyncState()
  if (!existsSync(journalPath(runFolder))) return state
  for await (const { event } of readLog<SyncEvent>(journalPath(runFolder))) {
    if (event.type === 'target') state = { ...emptySyncState(), target: event }
    else if (event.type === 'sent') state.offset = event.offset
    else if (event.type === 'stored') state.stored.set(event.path, event.sha256)
    else if (event.type === 'model') state.models.set(event.id, event.model_id)
    else state.doneAt = event.offset
  }
  return state.target?.server === server ? state : emptySyncState()
}

interface MutableSyncState {
  target?: Target
  offset: number
  stored: Map<string, string>
  models: Map<string, string>
  doneAt?: number
}

export const emptySyncState = (): MutableSyncState => ({ offset: 0, stored: new Map(), models: new Map() })

/** Records what was sent. Not flushed to the disk: entries lost in a crash are sent again, which is idempotent. */
export class SyncJournal {
  readonly #file: LogFile

  constructor(runFolder: string) {
    this.#file = LogFile.open(journalPath(runFolder))
  }

  write(event: SyncEvent): void {
    this.#file.append(event)
  }

  close(): void {
    this.#file.close()
  }
}
