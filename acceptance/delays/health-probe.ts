import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Polls `/health` on one connection, and keeps the longest response time. */
const PROBE = `
const { parentPort, workerData } = require('node:worker_threads')
const { Agent, get } = require('node:http')
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
let longest = 0
let since = performance.now()
const ask = () => {
  since = performance.now()
  get(workerData + '/health', { agent }, (response) => {
    response.resume().on('end', () => {
      longest = Math.max(longest, performance.now() - since)
      setTimeout(ask, 2)
    })
  }).on('error', () => setTimeout(ask, 2))
}
ask()
parentPort.on('message', () => {
  parentPort.postMessage(Math.max(longest, performance.now() - since))
  longest = 0
})
`

/** Measures how long other requests wait, on a separate thread, so that the sender's work does not delay it. */
export class HealthProbe implements AsyncDisposable {
  readonly #thread: Worker

  constructor(url: string) {
    this.#thread = new Worker(PROBE, { eval: true, workerData: url })
  }

  /** The longest wait in milliseconds since the last call. */
  async takeLongest(): Promise<number> {
    const answered = once(this.#thread, 'message')
    this.#thread.postMessage('take')
    return (await answered)[0] as number
  }

  async [Symbol.asyncDispose]() {
    await this.#thread.terminate()
  }
}
