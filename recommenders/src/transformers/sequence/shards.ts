import { randomStream } from '@cairn/platform/statistics/random'
import type { NetworkSizes, Sample, SequenceKind } from './network.js'
import { PADDING } from './network.js'
import { mixSeed, shuffled } from './seeds.js'

/** The training events of each user, oldest first; users with fewer than two events are left out. */
export interface Sequences {
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly itemOf: Int32Array
}

/** A batch of sequences of similar length within a step. Each target has the weight `weight`. */
export interface Shard {
  readonly batch: number
  readonly length: number
  readonly tokens: Int32Array
  readonly positions: Int32Array
  readonly labels: Int32Array
  readonly weight: number
}

export interface SamplingOptions {
  readonly kind: SequenceKind
  readonly sizes: NetworkSizes
  readonly settings: unknown
  readonly seed: number
  /** Sequences per step. */
  readonly batchSize: number
}

export const stepsPerEpoch = (sequences: Sequences, batchSize: number) =>
  Math.ceil(sequences.starts.length / batchSize)

/** Divides epochs into steps and steps into shards, determined by the seed, epoch and step alone. */
export class Shards {
  readonly #sequences: Sequences
  readonly #sampling: SamplingOptions
  #epoch = -1
  #order: Int32Array = new Int32Array(0)

  constructor(sequences: Sequences, sampling: SamplingOptions) {
    this.#sequences = sequences
    this.#sampling = sampling
  }

  of(epoch: number, step: number): Shard[] {
    const { seed, batchSize } = this.#sampling
    if (epoch !== this.#epoch) {
      this.#order = shuffled(this.#sequences.starts.length, randomStream(mixSeed(seed, 1, epoch)))
      this.#epoch = epoch
    }
    const users = this.#order.subarray(step * batchSize, (step + 1) * batchSize)
    const samples = Array.from(users, (user) => this.#sample(epoch, user))
    const targets = samples.reduce((sum, { labels }) => sum + labels.length, 0)
    samples.sort((a, b) => b.tokens.length - a.tokens.length)
    return partition(samples, shardTokens(this.#sampling)).map((part) => shardOf(part, 1 / targets))
  }

  /** All events of a user, or a random window of the maximum length. */
  #sample(epoch: number, user: number): Sample {
    const { kind, sizes, settings, seed } = this.#sampling
    const { starts, ends, itemOf } = this.#sequences
    const random = randomStream(mixSeed(seed, 2, epoch, user))
    const [start, end] = [starts[user]!, ends[user]!]
    const most = kind.eventsOf(sizes)
    const from = start + Math.floor(random() * (Math.max(0, end - start - most) + 1))
    return kind.sample(itemOf.subarray(from, Math.min(end, from + most)), sizes, settings, random)
  }
}

/** Probabilities per shard. Small shards fit in the cache; large shards need fewer gradient sums. */
const MAX_PROBABILITIES = 2_800_000
const [MIN_TOKENS, MAX_TOKENS] = [128, 800]

function shardTokens({ kind, sizes, settings }: SamplingOptions): number {
  const tokens = MAX_PROBABILITIES / (sizes.items * kind.targetShare(settings))
  return Math.max(MIN_TOKENS, Math.min(MAX_TOKENS, tokens))
}

/** Divides samples, longest first, into runs with about equal numbers of tokens, at most about `tokens`. */
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
  const tokens = new Int32Array(samples.length * length).fill(PADDING)
  const positions: number[] = []
  const labels: number[] = []
  for (const [row, sample] of samples.entries()) {
    const from = (row + 1) * length - sample.tokens.length
    tokens.set(sample.tokens, from)
    for (const [n, position] of sample.positions.entries()) {
      positions.push(from + position)
      labels.push(sample.labels[n]!)
    }
  }
  const [at, right] = [Int32Array.from(positions), Int32Array.from(labels)]
  return { batch: samples.length, length, tokens, positions: at, labels: right, weight }
}
