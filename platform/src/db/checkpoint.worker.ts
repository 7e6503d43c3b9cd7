import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { checkpoint } from './checkpoint.js'

/** What is written meanwhile is brought over in another round: each leaves less to the writer. */
const ROUNDS = 3
const FEW_PAGES = 20

const handle = new Database(workerData as string, { fileMustExist: true, timeout: 0 })
handle.pragma('synchronous = FULL')

parentPort!.on('message', (what: 'checkpoint' | 'close') => {
  if (what === 'checkpoint') {
    bringOver()
    parentPort!.postMessage('done')
    return
  }
  handle.close()
  parentPort!.close()
})

function bringOver(): void {
  for (let round = 0; round < ROUNDS; round++) {
    const { log, checkpointed } = checkpoint(handle)
    if (log - checkpointed <= FEW_PAGES) return
  }
}
