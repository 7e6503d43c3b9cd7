import { invalid } from '@cairn/platform/errors'
import type { HistoryScorer } from '../recommender/history-scorer.js'
import { FeatureColumns } from './feature-columns.js'
import { type Feature, listFeatures, type Plan } from './plan.js'
import { Ranking } from './ranking.js'
import { checkTraits, type Traits } from './traits.js'

/** A model of the first stage by name, e.g. `ease`. */
export interface Member {
  readonly name: string
  readonly scorer: HistoryScorer
}

export interface FirstStageOptions {
  readonly members: readonly Member[]
  readonly plan: Plan
  readonly traits: Traits
  /** Popularity of each item, e.g. its number of events; breaks ties between equal scores. */
  readonly popularity: ArrayLike<number>
  /** Number of items outside the history that each member proposes. */
  readonly depth: number
}

/** Candidates for a batch of histories; those of history h are at offsets[h] … offsets[h + 1]. */
export interface ProposedCandidates {
  readonly offsets: Int32Array
  /** Item rows, ascending for each history. */
  readonly items: Int32Array
  /** Candidates × features, row-major; NaN if a score or trait is missing. */
  readonly features: Float32Array
  /** Bit m is set if member m proposes the item. */
  readonly proposers: Int32Array
}

/** Memory limit for the scores of all members, which bounds the batch of histories. */
const SCORE_BYTES = 64 * 1024 ** 2
const MAX_HISTORIES = 256
/** Limited by the bits of `proposers`. */
const MAX_MEMBERS = 31

/**
 * Proposes candidates and computes their features. Training, evaluation and serving share this code, so that the second stage
 * gets the same features in all of them. Not re-entrant, as its members are not.
 */
export class FirstStage {
  readonly items: number
  readonly features: readonly Feature[]
  readonly members: readonly Member[]
  readonly #depth: number
  readonly #columns: FeatureColumns
  /** For each member the lengths of its views, and their places among all views. */
  readonly #views: readonly (readonly { readonly place: number; readonly latest: number }[])[]
  readonly #rankings: readonly Ranking[]
  readonly #hidden: Uint8Array
  readonly #proposers: Int32Array
  /** Scores of the members, one buffer each; reused, as they are large. */
  readonly #scores: Float32Array[]

  /** @throws INVALID_PARAMETER_VALUE when members, plan and traits do not match */
  constructor({ members, plan, traits, popularity, depth }: FirstStageOptions) {
    this.items = popularity.length
    checkMembers(members, plan, this.items)
    checkTraits(traits, plan, this.items)
    this.features = listFeatures(plan)
    this.members = members
    this.#depth = depth
    this.#views = members.map(({ name }) =>
      plan.views.flatMap(({ member, latest }, view) =>
        member === name ? [{ place: members.length + view, latest }] : [],
      ),
    )
    this.#scores = members.map(() => new Float32Array(0))
    this.#columns = new FeatureColumns(plan, traits)
    const byPopularity = Int32Array.from({ length: this.items }, (_, row) => row)
    byPopularity.sort((a, b) => popularity[b]! - popularity[a]! || a - b)
    this.#rankings = members.map(() => new Ranking(byPopularity))
    this.#hidden = new Uint8Array(this.items)
    this.#proposers = new Int32Array(this.items)
  }

  /** `histories` are item rows, oldest first, never empty. */
  async propose(histories: readonly Int32Array[], signal?: AbortSignal): Promise<ProposedCandidates> {
    const scored = this.members.length + this.#views.flat().length
    const batchSize = Math.min(
      MAX_HISTORIES,
      Math.max(1, Math.floor(SCORE_BYTES / (scored * this.items * 4))),
    )
    const batches: ProposedCandidates[] = []
    for (let from = 0; from < histories.length; from += batchSize) {
      signal?.throwIfAborted()
      batches.push(await this.#proposeBatch(histories.slice(from, from + batchSize)))
    }
    return batches.length === 1 ? batches[0]! : concat(batches)
  }

  async #proposeBatch(histories: readonly Int32Array[]): Promise<ProposedCandidates> {
    const scores = histories.map((): Float32Array[] => [])
    for (const member of this.members.keys()) await this.#scoreMember(member, histories, scores)
    return concat(histories.map((history, n) => this.#describe(history, scores[n]!)))
  }

  /** Scores the histories and their views in one call. A view of a history that is not longer has the same scores. */
  async #scoreMember(
    member: number,
    histories: readonly Int32Array[],
    into: readonly Float32Array[][],
  ): Promise<void> {
    const events: Int32Array[] = []
    const targets: { readonly n: number; readonly place: number; readonly at: number }[] = []
    for (const [n, history] of histories.entries()) {
      targets.push({ n, place: member, at: events.length })
      events.push(history)
      const whole = events.length - 1
      for (const { place, latest } of this.#views[member]!) {
        targets.push({ n, place, at: latest < history.length ? events.length : whole })
        if (latest < history.length) events.push(history.subarray(-latest))
      }
    }
    const length = events.length * this.items
    if (this.#scores[member]!.length < length) this.#scores[member] = new Float32Array(length)
    const scores = this.#scores[member]!.subarray(0, length)
    await this.members[member]!.scorer.score(events, scores)
    for (const { n, place, at } of targets)
      into[n]![place] = scores.subarray(at * this.items, (at + 1) * this.items)
  }

  #describe(history: Int32Array, scores: readonly Float32Array[]): ProposedCandidates {
    const hidden = this.#hidden.fill(0)
    for (const row of history) hidden[row] = 1
    const marks = this.#proposers.fill(0)
    for (const [member, ranking] of this.#rankings.entries()) {
      ranking.setScores(scores[member]!, hidden)
      const best = ranking.top(this.#depth)
      for (let n = 0; n < best.length; n++) marks[best[n]!]! |= 1 << member
    }
    const items = nonZeroRows(marks)
    const ranks = this.#rankings.map((ranking) => ranking.ranks(items))
    const features = new Float32Array(items.length * this.features.length)
    this.#columns.fill(features, { history, items, scores, ranks })
    return {
      offsets: Int32Array.of(0, items.length),
      items,
      features,
      proposers: items.map((row) => marks[row]!),
    }
  }
}

function nonZeroRows(marks: Int32Array): Int32Array {
  const rows: number[] = []
  for (let row = 0; row < marks.length; row++) if (marks[row] !== 0) rows.push(row)
  return Int32Array.from(rows)
}

function checkMembers(members: readonly Member[], plan: Plan, items: number): void {
  const names = members.map(({ name }) => name)
  if (names.join() !== plan.members.join() || new Set(names).size !== names.length)
    throw invalid(`two-stage: the members are ${names.join(', ')}, the plan has ${plan.members.join(', ')}`)
  if (names.length === 0 || names.length > MAX_MEMBERS)
    throw invalid(`two-stage: there must be 1 to ${MAX_MEMBERS} members, not ${names.length}`)
  for (const { member } of plan.views)
    if (!names.includes(member))
      throw invalid(`two-stage: a view refers to '${member}', which is not a member`)
  for (const { name, scorer } of members)
    if (scorer.items !== items)
      throw invalid(`two-stage: member '${name}' has ${scorer.items} items, the item table has ${items}`)
}

function concat(batches: readonly ProposedCandidates[]): ProposedCandidates {
  const offsets = [0]
  for (const batch of batches) {
    const base = offsets.at(-1)!
    for (const offset of batch.offsets.subarray(1)) offsets.push(base + offset)
  }
  const rows = offsets.at(-1)!
  const width = rows === 0 ? 0 : batches.reduce((sum, batch) => sum + batch.features.length, 0) / rows
  const items = new Int32Array(rows)
  const proposers = new Int32Array(rows)
  const features = new Float32Array(rows * width)
  let at = 0
  for (const batch of batches) {
    items.set(batch.items, at)
    proposers.set(batch.proposers, at)
    features.set(batch.features, at * width)
    at += batch.items.length
  }
  return { offsets: Int32Array.from(offsets), items, features, proposers }
}
