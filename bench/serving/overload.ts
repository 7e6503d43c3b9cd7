import { setTimeout as sleep } from 'node:timers/promises'
import { load, type Target } from './load.js'

export interface Overload {
  /** Successful requests per second: with two clients, and with three hundred. */
  readonly peak: number
  readonly goodput: number
  readonly statuses: Readonly<Record<number, number>>
  /** Longest time of `/health` in milliseconds. */
  readonly healthMs: number
  /** The first requests after the overload: by status, and their median time in milliseconds. */
  readonly nextStatuses: Readonly<Record<number, number>>
  readonly nextMs: number
}

const PEAK_CLIENTS = 2
const OVERLOAD_CLIENTS = 300
const REFUSED_PAUSE_MS = 200
const HEALTH_EVERY_MS = 25

/** Sends more than an endpoint can answer for `seconds`, then asks it once more. */
export async function overload(server: string, target: Target, seconds: number): Promise<Overload> {
  const peak = await load(target, PEAK_CLIENTS, 5)
  const health = watchHealth(server)
  const flood = await load(target, OVERLOAD_CLIENTS, seconds, REFUSED_PAUSE_MS)
  const next = await load(target, 1, 1)
  return {
    peak: peak.requestsPerSecond,
    goodput: flood.requestsPerSecond,
    statuses: flood.statuses,
    healthMs: await health.stop(),
    nextStatuses: next.statuses,
    nextMs: next.p50,
  }
}

function watchHealth(server: string) {
  let isOver = false
  let longest = 0
  const watching = (async () => {
    while (!isOver) {
      const begun = performance.now()
      await (await fetch(`${server}/health`)).text()
      longest = Math.max(longest, performance.now() - begun)
      await sleep(HEALTH_EVERY_MS)
    }
  })()
  return {
    async stop() {
      isOver = true
      await watching
      return longest
    },
  }
}
