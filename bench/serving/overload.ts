import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { LoadResult, Target } from './load.js'

export interface Overload {
  /** Successful requests per second: with two clients, and with three hundred. */
  readonly peak: number
  readonly goodput: number
  readonly statuses: Readonly<Record<number, number>>
  /** Longest time of `/health` in milliseconds, and longest delay of a timer in the process that asked. */
  readonly healthMs: number
  readonly timerMs: number
  /** The first requests after the overload: by status, and their median time in milliseconds. */
  readonly nextStatuses: Readonly<Record<number, number>>
  readonly nextMs: number
}

const PEAK_CLIENTS = 2
const OVERLOAD_CLIENTS = 300
const REFUSED_PAUSE_MS = 200

const script = (name: string, ...args: string[]) => [
  ...['--conditions=source', '--import', import.meta.resolve('tsx')],
  ...[new URL(name, import.meta.url).pathname, ...args],
]

/** Overloads an endpoint for `seconds`, then sends it further requests. */
export async function overload(server: string, target: Target, seconds: number): Promise<Overload> {
  const peak = await flood(target, PEAK_CLIENTS, 5)
  const health = watchHealth(server)
  const flooded = await flood(target, OVERLOAD_CLIENTS, seconds)
  const next = await flood(target, 1, 1)
  const { health: healthMs, timer: timerMs } = await health.stop()
  return {
    peak: peak.requestsPerSecond,
    goodput: flooded.requestsPerSecond,
    statuses: flooded.statuses,
    healthMs,
    timerMs,
    nextStatuses: next.statuses,
    nextMs: next.p50,
  }
}

async function flood(target: Target, clients: number, seconds: number): Promise<LoadResult> {
  const sender = spawn(process.execPath, script('./flood.ts'), {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  sender.stdin.end(JSON.stringify({ target, clients, seconds, refusedPauseMs: REFUSED_PAUSE_MS }))
  return JSON.parse(await text(sender.stdout)) as LoadResult
}

function watchHealth(server: string) {
  const watch = spawn(process.execPath, script('./health-watch.ts', server), {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const printed = text(watch.stdout)
  return {
    async stop() {
      watch.stdin.end()
      await once(watch, 'exit')
      return JSON.parse(await printed) as { health: number; timer: number }
    },
  }
}
