import type { Worker } from 'node:worker_threads'
import type { Database, Statement } from 'better-sqlite3'
import { startThread } from '../processes/thread.js'
import { checkpoint, type LogState, stateOfLog } from './checkpoint.js'

/** The number of uncopied pages from which a checkpoint, with its sync of the file, is worthwhile: 4 MiB. */
const ENOUGH_PAGES = 1000
/** The number of pages from which SQLite checkpoints within a commit, because the thread cannot keep up. */
const TOO_MANY_PAGES = 16 * ENOUGH_PAGES

/**
 * Checkpoints SQLite's write-ahead log on a thread, because each 4 MiB would block the writer for about 20 ms. SQLite restarts
 * the log once all of it is copied, which a writer that never pauses prevents (https://www.sqlite.org/wal.html, section 6),
 * so the writer itself copies the last few pages.
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

  /** Must be called outside of the writer's transactions. Never throws, because pages that were not copied stay in the log. */
  afterCommit(): void {
    if (this.#state === 'at work') return
    try {
      if (this.#state === 'nearly done') checkpoint(this.#writer)
      this.#state = 'idle'
      const { log, checkpointed } = this.#stateOfLog.get()!
      if (log - checkpointed >= ENOUGH_PAGES) this.#start()
    } catch {
      // a full or failing disk, which the next commit reports
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread
    if (!thread) return
    const exit = new Promise((resolve) => thread.once('exit', resolve))
    thread.ref() // now the process must wait for it
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
