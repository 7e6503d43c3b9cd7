import { randomStream } from '@cairn/platform/statistics/random'
import type { NetworkSizes, Sample, SequenceKind } from './network.js'
import { FILLER } from './network.js'
import { seedOf, shuffled } from './seeds.js'

/** The events of each user that may be learned from, oldest first; users with fewer than two are left out. */
export interface Sequences {
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly itemOf: Int32Array
}

/** Part of a step: sequences of about one length. Their targets count `weight` each. */
export interface Shard {
  readonly batch: number
  readonly length: number
  readonly tokens: Int32Array
  readonly places: Int32Array
  readonly labels: Int32Array
  readonly weight: number
}

export interface Sampling {
  readonly kind: SequenceKind
  readonly sizes: NetworkSizes
  readonly settings: unknown
  readonly seed: number
  /** Sequences a step. */
  readonly batchSize: number
}

export const stepsOf = (sequences: Sequences, batchSize: number) =>
  Math.ceil(sequences.starts.length / batchSize)

/** Cuts an epoch into steps and a step into shards; what comes out is determined by the seed, epoch and step alone. */
export class Shards {
  readonly #sequences: Sequences
  readonly #sampling: Sampling
  #epoch = -1
  #order: Int32Array = new Int32Array(0)

  constructor(sequences: Sequences, sampling: Sampling) {
    this.#sequences = sequences
    this.#sampling = sampling
  }

  of(epoch: number, step: number): Shard[] {
    const { seed, batchSize } = this.#sampling
    if (epoch !== this.#epoch) {
      this.#order = shuffled(this.#sequences.starts.length, randomStream(seedOf(seed, 1, epoch)))
      this.#epoch = epoch
    }
    const users = this.#order.subarray(step * batchSize, (step + 1) * batchSize)
    const samples = Array.from(users, (user) => this.#sample(epoch, user))
    const targets = samples.reduce((sum, { labels }) => sum + labels.length, 0)
    samples.sort((a, b) => b.tokens.length - a.tokens.length)
    return partition(samples, shardTokens(this.#sampling)).map((part) => shardOf(part, 1 / targets))
  }

  /** All events of a user, or as many in a row as fit, from anywhere. */
  #sample(epoch: number, user: number): Sample {
    const { kind, sizes, settings, seed } = this.#sampling
    const { starts, ends, itemOf } = this.#sequences
    const random = randomStream(seedOf(seed, 2, epoch, user))
    const [start, end] = [starts[user]!, ends[user]!]
    const most = kind.eventsOf(sizes)
    const from = start + Math.floor(random() * (Math.max(0, end - start - most) + 1))
    return kind.sample(itemOf.subarray(from, Math.min(end, from + most)), sizes, settings, random)
  }
}

/** Probabilities of a shard: with few, its tensors stay near the processor, with many, adding gradients up costs less. */
const MOST_PROBABILITIES = 2_800_000
const [FEWEST_TOKENS, MOST_TOKENS] = [128, 800]

function shardTokens({ kind, sizes, settings }: Sampling): number {
  const tokens = MOST_PROBABILITIES / (sizes.items * kind.targetShare(settings))
  return Math.max(FEWEST_TOKENS, Math.min(MOST_TOKENS, tokens))
}

/** Runs of samples, longest first, of about equal numbers of tokens, at most about `tokens`. */
function partition(samples: readonly Sample[], tokens: number): Sample[][] {
  const total = samples.reduce((sum, sample) => sum + sample.tokens.length, 0)
  const count = Math.ceil(total / tokens)
  const parts: Sample[][] = Array.from({ length: count }, () => [])
  let before = 0
  for (const sample of samples) {
    parts[Math.min(count - 1, Math.floor((before / total) * count))]!.push(sample)
    before += sample.tokens.length
  }
  return parts.filter((part) => part.length > 0)
}

function shardOf(samples: readonly Sample[], weight: number): Shard {
  const length = samples[0]!.tokens.length
  const tokens = new Int32Array(samples.length * length).fill(FILLER)
  const places: number[] = []
  const labels: number[] = []
  for (const [row, sample] of samples.entries()) {
    const from = (row + 1) * length - sample.tokens.length
    tokens.set(sample.tokens, from)
    for (const [n, place] of sample.places.entries()) {
      places.push(from + place)
      labels.push(sample.labels[n]!)
    }
  }
  const [at, right] = [Int32Array.from(places), Int32Array.from(labels)]
  return { batch: samples.length, length, tokens, places: at, labels: right, weight }
}
