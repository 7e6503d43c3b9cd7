import type { Dim, Graph, Value } from '../graph/graph.js'

export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  /** Normal with this deviation; one number everywhere; of each token the logarithm of its events, 1 more for each. */
  readonly start: { readonly deviation: number } | { readonly value: number } | 'log-events'
}

export interface NetworkSizes {
  readonly items: number
  /** Width of every vector. */
  readonly width: number
  readonly blocks: number
  readonly heads: number
  readonly maxLength: number
}

/** Parameters by name, as values of a graph. */
export type Parameters = Readonly<Record<string, Value>>

/** Where the graph drops values; identity outside of training. */
export interface Dropout {
  drop(g: Graph, x: Value): Value
  /** For what is dropped inside of an op. */
  mask(g: Graph, shape: readonly Dim[]): Value | undefined
}

export const NO_DROPOUT: Dropout = { drop: (_, x) => x, mask: () => undefined }

/** Tokens of a sequence: 0 fills up on the left, item row + 1, and what a kind adds behind. */
export const FILLER = 0
export const tokenOf = (item: number) => item + 1

/** A model of what comes next in a sequence of tokens, by its forward pass; the graph builder derives the rest. */
export interface Network {
  readonly sizes: NetworkSizes
  readonly parameters: readonly ParameterSpec[]
  /** Appended to a history to ask what comes there. */
  readonly question?: number
  /** Tokens [batch, length] → vectors [batch·length, width]. */
  encode(g: Graph, p: Parameters, tokens: Value, dropout: Dropout): Value
  /** Vectors → what the rows of `classes.table`, one a token, are compared with. */
  head(g: Graph, p: Parameters, x: Value): Value
  classes(p: Parameters): { readonly table: Value; readonly bias?: Value }
}

/** What a training step asks of a sequence: at place `places[n]` of `tokens` comes `labels[n]`. */
export interface Sample {
  readonly tokens: number[]
  readonly places: number[]
  readonly labels: number[]
}

/** A network and how it is trained. */
export interface SequenceKind<Settings = unknown> {
  readonly name: string
  /** Of the places of a sequence, how many are asked for, 0 to 1. */
  targetShare(settings: Settings): number
  network(sizes: NetworkSizes): Network
  /** Events that one sample takes. */
  eventsOf(sizes: NetworkSizes): number
  /** `events`: at least 2 consecutive items of a user, as rows. */
  sample(events: Int32Array, sizes: NetworkSizes, settings: Settings, random: () => number): Sample
}
