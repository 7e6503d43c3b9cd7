import type { Dim, Graph, Value } from '../graph/graph.js'

export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  /** Initialization: normal with a standard deviation, a constant, or log(1 + events) per token. */
  readonly start: { readonly deviation: number } | { readonly value: number } | 'log-events'
}

export interface NetworkSizes {
  readonly items: number
  /** Width of the vectors. */
  readonly width: number
  readonly blocks: number
  readonly heads: number
  readonly maxLength: number
}

/** Parameters by name, as values of a graph. */
export type Parameters = Readonly<Record<string, Value>>

/** Dropout of the graph; the identity outside of training. */
export interface Dropout {
  drop(g: Graph, x: Value): Value
  /** The mask for dropout inside an operation. */
  mask(g: Graph, shape: readonly Dim[]): Value | undefined
}

export const NO_DROPOUT: Dropout = { drop: (_, x) => x, mask: () => undefined }

/** Tokens of a sequence: 0 pads on the left, items are item row + 1, and a kind may add further tokens. */
export const PADDING = 0
export const tokenOf = (item: number) => item + 1

/** A model that predicts the next token, defined by its forward pass; the graph builder derives the backward pass. */
export interface Network {
  readonly sizes: NetworkSizes
  readonly parameters: readonly ParameterSpec[]
  /** The token that is appended to a history for the prediction of the next item. */
  readonly queryToken?: number
  /** Tokens [batch, length] → vectors [batch·length, width]. */
  encode(g: Graph, p: Parameters, tokens: Value, dropout: Dropout): Value
  /** The vectors of the last position only, [batch, width], for inference. */
  encodeLast(g: Graph, p: Parameters, tokens: Value): Value
  /** Vectors → outputs that are multiplied with the rows of `classes.table`, one row per token. */
  head(g: Graph, p: Parameters, x: Value): Value
  classes(p: Parameters): { readonly table: Value; readonly bias?: Value }
}

/** A training sample: position `positions[n]` of `tokens` has the label `labels[n]`. */
export interface Sample {
  readonly tokens: number[]
  readonly positions: number[]
  readonly labels: number[]
}

/** A network and how it is trained. */
export interface SequenceKind<Settings = unknown> {
  readonly name: string
  /** `import.meta.url` of the module that exports the kind; training threads import it. */
  readonly module: string
  /** The share of positions that are predicted, 0 to 1. */
  targetShare(settings: Settings): number
  network(sizes: NetworkSizes): Network
  /** The maximum number of events of a sample. */
  eventsOf(sizes: NetworkSizes): number
  /** `events` are at least 2 consecutive item rows of a user. */
  sample(events: Int32Array, sizes: NetworkSizes, settings: Settings, random: () => number): Sample
}
