import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../harness/random.js'
import { type Server, type ServerOptions, startServer } from '../harness/server.js'
import { until } from '../harness/until.js'

/** Share of kills during a start. */
const KILLED_WHILE_STARTING = 0.2

/** A kill after fewer writes proves little. */
const WRITES_PER_LIFE = 10

/** Time limit of a start; generous for busy machines. */
const PATIENCE_MS = 240_000

interface CrashOptions {
  readonly maxLifeMs: number
  readonly timeUp: AbortSignal
  /** The number of writes so far. */
  readonly acknowledged?: () => number
}

/** Kills a server at random moments and restarts it on the same data. */
export class CrashingServer {
  readonly #options: ServerOptions
  readonly #random: Random
  #server: Promise<Server>
  #killsLeft = 0
  #killed = 0
  /** Milliseconds from start to ready of every start that was not killed. */
  readonly recoveries: number[] = []

  constructor(options: ServerOptions, random: Random) {
    this.#options = { timeoutMs: PATIENCE_MS, ...options }
    this.#random = random
    this.#server = this.#start()
  }

  /** The current URL, or the URL after the next start. */
  async url(): Promise<string> {
    return (await this.#server).url
  }

  get kills(): number {
    return this.#killed
  }

  /**
   * Kills the server up to `kills` times within the time limit, mostly after it served requests for up to `maxLifeMs`, and
   * for longer when it is so slow that `acknowledged` has not grown by a few writes.
   */
  async crash(
    kills: number,
    { maxLifeMs, timeUp, acknowledged = () => Number.POSITIVE_INFINITY }: CrashOptions,
  ): Promise<void> {
    this.#killsLeft = kills
    timeUp.addEventListener('abort', () => {
      this.#killsLeft = 0
    })
    while (this.#killsLeft > 0) {
      const server = await this.#server
      if (this.#killsLeft <= 0) return // the other kills happened during starts
      const before = acknowledged()
      await sleep(this.#random.int(1, maxLifeMs))
      await until(
        'writes are acknowledged',
        async () => this.#killsLeft <= 0 || acknowledged() >= before + WRITES_PER_LIFE,
        PATIENCE_MS,
      )
      this.#count()
      this.#server = server.stop('SIGKILL').then(() => this.#restart())
    }
    await this.#server
  }

  async stop(): Promise<void> {
    await (await this.#server).stop()
  }

  #count() {
    this.#killsLeft--
    this.#killed++
  }

  async #restart(): Promise<Server> {
    while (this.#killsLeft > 0 && this.#random.next() < KILLED_WHILE_STARTING) {
      this.#count()
      const killed = AbortSignal.timeout(this.#random.int(1, 1500))
      const survivor = await startServer({ ...this.#options, signal: killed }).catch((error: Error) => {
        if (!killed.aborted) throw error
      })
      await survivor?.stop('SIGKILL')
    }
    return this.#start()
  }

  async #start(): Promise<Server> {
    const begun = performance.now()
    const server = await startServer(this.#options)
    this.recoveries.push(performance.now() - begun)
    return server
  }
}
