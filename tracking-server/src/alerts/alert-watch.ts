import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AlertSchema } from '@cairn/platform/alerts/schema'
import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import type { Announce } from '@cairn/platform/events/announcer'
import type { Feed, Subscription } from '@cairn/platform/events/feed'
import type { Delivery } from '@cairn/platform/events/mailbox'
import type { Log } from '@cairn/platform/jobs/deliver'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import type { TrackingSchema } from '../schema.js'
import { MAX_MATCHES, type RunMatch, raiseMatches, runsBeyond, stalledRuns } from './rule-matches.js'
import { type StalledRule, type ThresholdRule, type WatchedRules, watchedRules } from './watched-rules.js'

const RULES_EVERY_MS = 5_000
const STALLED_EVERY_MS = 30_000
const TAKE_MS = 60_000
/** After missed events, all rules are compared again, at most this often. */
const COMPARED_EVERY_MS = 30_000

interface Options {
  readonly db: Db<TrackingSchema & AlertSchema>
  readonly feed: Feed
  readonly announce: Announce
  readonly log: Log
  readonly now: () => number
}

/**
 * Raises the alerts of rules on metrics and stalled runs. Events on committed metrics trigger the comparison, so that logging
 * does not wait. Without rules on metrics it does not subscribe to events. The latest metrics of recent runs are also compared
 * for a new rule, at the start, and after a reset of the events. Any number of processes may watch.
 */
export class AlertWatch {
  readonly #options: Options
  readonly #poll: PollLoop
  #rules: WatchedRules = { threshold: [], stalled: [] }
  /** The conditions that have been compared with all runs. */
  #compared = new Set<string>()
  /** True if changes may have been missed. */
  #mayHaveMissed = false
  #comparedAt = Number.NEGATIVE_INFINITY
  #stalledAt = Number.NEGATIVE_INFINITY
  #subscription: Subscription | undefined
  #listening: Promise<void> | undefined

  constructor(options: Options) {
    this.#options = options
    this.#poll = new PollLoop({
      turn: () => this.turn(),
      intervalMs: RULES_EVERY_MS,
      onError: (error) => options.log.warn({ err: error }, 'rules for alerts could not be evaluated'),
      unref: true,
    })
  }

  start(): void {
    this.#poll.start()
  }

  async stop(): Promise<void> {
    await this.#poll.stop()
    await this.#unsubscribe()
  }

  /** Reads the rules, and evaluates those that no event triggers. */
  async turn(): Promise<void> {
    this.#rules = await watchedRules(this.#options.db.for())
    if (this.#rules.threshold.length > 0) await this.#subscribe()
    else await this.#unsubscribe()
    this.#forgetCompared()
    const compared = new Set<string>()
    for (const rule of this.#rules.threshold)
      if (this.#compared.has(conditionOf(rule)) || (await this.#compare(rule)))
        compared.add(conditionOf(rule))
    this.#compared = compared
    await this.#checkStalled()
  }

  #forgetCompared() {
    if (!this.#mayHaveMissed || performance.now() - this.#comparedAt < COMPARED_EVERY_MS) return
    this.#mayHaveMissed = false
    this.#comparedAt = performance.now()
    this.#compared.clear()
  }

  /** @returns false if more runs may match */
  async #compare(rule: ThresholdRule, among?: readonly string[]): Promise<boolean> {
    const { db, now } = this.#options
    const matches = await runsBeyond(db, rule, { among, now: now() })
    await this.#raise(rule, matches)
    return matches.length < MAX_MATCHES
  }

  async #checkStalled() {
    const { db, now } = this.#options
    if (performance.now() - this.#stalledAt < STALLED_EVERY_MS) return
    this.#stalledAt = performance.now()
    for (const rule of this.#rules.stalled) {
      await this.#raise(rule, await stalledRuns(db, rule, now()))
    }
  }

  async #raise(rule: ThresholdRule | StalledRule, matches: readonly RunMatch[]) {
    const { db, now, announce } = this.#options
    if (await raiseMatches(db, rule, matches, now()))
      announce({ type: 'alert', experiment_id: rule.securable_id })
    await nextTurn()
  }

  async #subscribe() {
    if (this.#subscription) return
    this.#subscription = await this.#options.feed.subscribe()
    this.#mayHaveMissed = true // changes before the subscription
    this.#listening = this.#listen(this.#subscription)
  }

  async #unsubscribe() {
    this.#subscription?.unsubscribe()
    this.#subscription = undefined
    await this.#listening
  }

  async #listen({ mailbox }: Subscription) {
    for (;;) {
      const delivery = await mailbox.take(TAKE_MS)
      if (delivery === 'closed') return
      if (delivery) await this.#evaluate(delivery).catch((error) => this.#retryLater(error))
    }
  }

  #retryLater(error: unknown) {
    this.#options.log.warn({ err: error }, 'metrics could not be compared with rules for alerts')
    this.#mayHaveMissed = true
  }

  async #evaluate({ reset, changes }: Delivery) {
    if (reset) this.#mayHaveMissed = true
    const logged = groupBy(
      changes.flatMap(({ change }) => (change.type === 'metrics' ? [change] : [])),
      ({ experiment_id }) => experiment_id,
    )
    for (const rule of this.#rules.threshold) {
      const runs = (logged.get(rule.securable_id) ?? []).filter(
        ({ keys }) => !keys || keys.includes(rule.metric_key),
      )
      const ids = runs.map(({ run_id }) => run_id)
      if (ids.length > 0 && !(await this.#compare(rule, ids))) this.#mayHaveMissed = true
    }
  }
}

const conditionOf = ({ rule_id, changed_at }: ThresholdRule) => `${rule_id} ${changed_at}`
