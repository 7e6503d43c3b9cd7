import { parentPort, workerData } from 'node:worker_threads'
import { Database } from './better-sqlite3.js'
import { checkpoint } from './checkpoint.js'

/** The number of rounds. Pages written during a round are copied in the next one, so that few are left to the writer. */
const ROUNDS = 3
const FEW_PAGES = 20

const handle = new Database(workerData as string, { fileMustExist: true, timeout: 0 })
handle.pragma('synchronous = FULL')

parentPort!.on('message', (what: 'checkpoint' | 'close') => {
  if (what === 'checkpoint') {
    copyPages()
    parentPort!.postMessage('done')
    return
  }
  handle.close()
  parentPort!.close()
})

function copyPages(): void {
  for (let round = 0; round < ROUNDS; round++) {
    const { log, checkpointed } = checkpoint(handle)
    if (log - checkpointed <= FEW_PAGES) return
  }
}
