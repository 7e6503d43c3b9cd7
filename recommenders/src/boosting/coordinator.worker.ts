import { parentPort, workerData } from 'node:worker_threads'
import { startBoostingKernel } from './kernel/boosting-kernel.js'
import { Rounds } from './rounds.js'
import type { SharedLayout } from './shared-layout.js'

const layout = workerData as SharedLayout
let rounds: Rounds | undefined

parentPort!.on('message', () => {
  rounds ??= new Rounds(layout, startBoostingKernel(layout.kernel, layout.memory))
  parentPort!.postMessage(rounds.next())
})
