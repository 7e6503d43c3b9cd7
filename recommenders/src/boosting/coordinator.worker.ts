import { parentPort, workerData } from 'node:worker_threads'
import { startKernel } from './kernel/kernel.js'
import { Rounds } from './rounds.js'
import type { SharedLayout } from './shared-layout.js'

const layout = workerData as SharedLayout
let rounds: Rounds | undefined

parentPort!.on('message', () => {
  rounds ??= new Rounds(layout, startKernel(layout.kernel, layout.memory))
  parentPort!.postMessage(rounds.next())
})
