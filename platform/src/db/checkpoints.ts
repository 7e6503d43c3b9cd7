import type { Worker } from 'node:worker_threads'
import type { Database, Statement } from 'better-sqlite3'
import { startThread } from '../processes/thread.js'
import { checkpoint, type LogState, stateOfLog } from './checkpoint.js'

/** Pages of the log that are not in the file yet: 4 MiB are worth a sync of the file. */
const ENOUGH_PAGES = 1000
/** SQLite's own checkpoint, within a commit, for when the thread cannot keep up. */
const TOO_MANY_PAGES = 16 * ENOUGH_PAGES

/**
 * Brings what was committed from SQLite's log into its file, on a thread: the writer would stand still for some 20 ms
 * after every 4 MiB. SQLite begins the log anew once all of it is in the file, which a writer that never rests prevents
 * (https://www.sqlite.org/wal.html, section 6); so the writer itself brings the last few pages.
 */
export class Checkpoints {
  readonly #writer: Database
  readonly #file: string
  readonly #stateOfLog: Statement<[], LogState>
  #thread: Worker | undefined
  #state: 'idle' | 'at work' | 'nearly done' = 'idle'

  constructor(writer: Database, file: string) {
    this.#writer = writer
    this.#file = file
    this.#stateOfLog = stateOfLog(writer)
    writer.pragma(`wal_autocheckpoint = ${TOO_MANY_PAGES}`)
  }

  /** To be called while the writer is in no transaction. Never throws: what was not brought over stays in the log. */
  afterCommit(): void {
    if (this.#state === 'at work') return
    try {
      if (this.#state === 'nearly done') checkpoint(this.#writer)
      this.#state = 'idle'
      const { log, checkpointed } = this.#stateOfLog.get()!
      if (log - checkpointed >= ENOUGH_PAGES) this.#start()
    } catch {
      // a full or failing disk, which the next commit tells
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread
    if (!thread) return
    const exit = new Promise((resolve) => thread.once('exit', resolve))
    thread.ref() // now the process does wait for it
    thread.postMessage('close')
    await exit
  }

  #start() {
    this.#thread ??= this.#open()
    this.#thread.postMessage('checkpoint')
    this.#state = 'at work'
  }

  #open(): Worker {
    const thread = startThread(new URL('./checkpoint.worker.js', import.meta.url), { workerData: this.#file })
    thread.unref()
    thread.on('message', () => {
      this.#state = 'nearly done'
    })
    thread.on('error', () => undefined) // the next commits start another
    thread.on('exit', () => {
      this.#thread = undefined
      this.#state = 'idle'
    })
    return thread
  }
}
