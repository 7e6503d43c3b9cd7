import { invalid, messageOf } from '@cairn/platform/errors'
import { OnnxSession, type SessionOptions } from '../onnx/session.js'
import type { HistoryScorer } from '../recommender/history-scorer.js'

/**
 * The graph of a sequence model. Input `history`, int64 [batch, length]: oldest first, the item's row + 1, filled up with
 * 0 on the left; of longer ones the graph takes the end. Outputs `scores`, float32 [batch, items], of what comes next,
 * and its best, `top_scores` and `top_items` (rows), [batch, k], best first.
 */
export interface SequenceGraph {
  readonly onnx: Uint8Array
  /** Rows of the item table. */
  readonly items: number
  /** Events of a history that count, the latest ones. */
  readonly maxHistory: number
}

/** Histories are filled up to a multiple of this, which is all that a run of several shares with its neighbours. */
const LENGTH_STEP = 16
const EVENTS_A_RUN = 3200

/** Scores histories with a sequence model, e.g. BERT4Rec or SASRec, by their latest events. */
export class SequenceScorer implements HistoryScorer {
  readonly items: number
  readonly maxHistory: number
  readonly #session: OnnxSession

  private constructor({ items, maxHistory }: SequenceGraph, session: OnnxSession) {
    this.items = items
    this.maxHistory = maxHistory
    this.#session = session
  }

  /** @throws INVALID_PARAMETER_VALUE when the file is no graph of this kind. */
  static async open(graph: SequenceGraph, options: SessionOptions = {}): Promise<SequenceScorer> {
    const session = await OnnxSession.open(graph.onnx, options).catch((cause: unknown) => {
      throw invalid(`sequence model: the ONNX graph cannot be loaded: ${messageOf(cause)}`, { cause })
    })
    if (session.inputs.join() !== 'history' || !session.outputs.includes('scores')) {
      await session.close()
      throw invalid(
        `sequence model: the ONNX graph must have the input 'history' and the output 'scores'; it has ` +
          `${session.inputs.join(', ')} and ${session.outputs.join(', ')}`,
      )
    }
    return new SequenceScorer(graph, session)
  }

  async score(histories: readonly Int32Array[], into: Float32Array): Promise<void> {
    for (const [length, places] of this.#byLength(histories)) {
      const most = Math.max(1, Math.floor(EVENTS_A_RUN / length))
      for (let from = 0; from < places.length; from += most)
        await this.#run(histories, places.slice(from, from + most), length, into)
    }
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  #byLength(histories: readonly Int32Array[]): Map<number, number[]> {
    const groups = new Map<number, number[]>()
    for (const [place, history] of histories.entries()) {
      const length = Math.min(Math.ceil(history.length / LENGTH_STEP) * LENGTH_STEP, this.maxHistory)
      groups.set(length, [...(groups.get(length) ?? []), place])
    }
    return groups
  }

  async #run(
    histories: readonly Int32Array[],
    places: readonly number[],
    length: number,
    into: Float32Array,
  ): Promise<void> {
    const tokens = new BigInt64Array(places.length * length)
    for (const [row, place] of places.entries()) {
      const latest = histories[place]!.subarray(-length)
      const from = (row + 1) * length - latest.length
      for (const [n, item] of latest.entries()) tokens[from + n] = BigInt(item + 1)
    }
    const history = { data: tokens, dims: [places.length, length] }
    const { scores } = await this.#session.run({ history }, ['scores'])
    const { data, dims } = scores!
    if (dims.join() !== `${places.length},${this.items}`)
      throw invalid(
        `sequence model: scores are [${dims}] where ${places.length} × ${this.items} are expected`,
      )
    for (const [row, place] of places.entries())
      into.set(data.subarray(row * this.items, (row + 1) * this.items) as Float32Array, place * this.items)
  }
}
