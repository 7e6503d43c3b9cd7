import { invalid, messageOf } from '@cairn/platform/errors'
import { keepOutputs } from '../onnx/keep-outputs.js'
import { OnnxSession, type SessionOptions } from '../onnx/session.js'
import type { HistoryScorer } from '../recommender/history-scorer.js'

/**
 * The graph of a sequence model. Input `history`, int64 [batch, length]: item rows + 1, oldest first, padded with 0 on the
 * left; the graph truncates longer ones to the latest events. Outputs: `scores` of the next item, float32 [batch, items], and
 * the best of them, `top_scores` and `top_items` (rows), [batch, k], best first.
 */
export interface SequenceGraph {
  readonly onnx: Uint8Array
  /** Rows of the item table. */
  readonly items: number
  /** Number of latest events that the graph uses. */
  readonly maxHistory: number
}

/** Histories are padded to a multiple of this; only those of equal padded length run in one batch. */
const LENGTH_STEP = 16
/** The vectors of larger batches leave the cache of the processor. */
const EVENTS_PER_BATCH = 800

/** Scores histories by their latest events with a sequence model, e.g. BERT4Rec or SASRec. */
export class SequenceScorer implements HistoryScorer {
  readonly items: number
  readonly maxHistory: number
  readonly #session: OnnxSession
  /** Smaller batches are filled up. */
  #minRows = 1
  /** Reused, because buffers of this size cost more to collect than to fill. */
  #tokens = new BigInt64Array(0)
  /** For scores of histories that are not neighbours. */
  #scores = new Float32Array(0)

  private constructor({ items, maxHistory }: SequenceGraph, session: OnnxSession) {
    this.items = items
    this.maxHistory = maxHistory
    this.#session = session
  }

  /** @throws INVALID_PARAMETER_VALUE when the graph does not load or lacks the input or output */
  static async open(graph: SequenceGraph, options: SessionOptions = {}): Promise<SequenceScorer> {
    const onnx = keepOutputs(graph.onnx, ['scores'])
    const session = await OnnxSession.open(onnx, options).catch((cause: unknown) => {
      throw invalid(`sequence model: the ONNX graph cannot be loaded: ${messageOf(cause)}`, { cause })
    })
    if (session.inputs.join() !== 'history' || !session.outputs.includes('scores')) {
      await session.close()
      throw invalid(
        `sequence model: the ONNX graph must have the input 'history' and the output 'scores'; it has ` +
          `${session.inputs.join(', ')} and ${session.outputs.join(', ')}`,
      )
    }
    const scorer = new SequenceScorer(graph, session)
    await scorer.#alignSingles()
    return scorer
  }

  async score(histories: readonly Int32Array[], into: Float32Array): Promise<void> {
    for (const [length, indices] of this.#byLength(histories)) {
      const batchSize = Math.max(1, Math.floor(EVENTS_PER_BATCH / length))
      for (let from = 0; from < indices.length; from += batchSize)
        await this.#run(histories, indices.slice(from, from + batchSize), length, into)
    }
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  /**
   * ONNX Runtime may multiply a single row by other instructions than several ones, with other last bits. Computes single
   * histories twice if it does, so that scores do not depend on the batch. Graphs of our trainers do not need it.
   */
  async #alignSingles(): Promise<void> {
    const length = Math.min(LENGTH_STEP, this.maxHistory)
    const data = BigInt64Array.from({ length: 2 * length }, (_, at) =>
      BigInt(1 + ((at % length) % this.items)),
    )
    const bitsOf = async (rows: number) => {
      const history = { data: data.subarray(0, rows * length), dims: [rows, length] }
      const { scores } = await this.#session.run({ history }, ['scores'])
      return Buffer.from((scores!.data as Float32Array).slice(0, this.items).buffer)
    }
    // A graph that fails here fails with the first request too, with a message
    const isAligned = async () => (await bitsOf(1)).equals(await bitsOf(2))
    if (!(await isAligned().catch(() => true))) this.#minRows = 2
  }

  #byLength(histories: readonly Int32Array[]): Map<number, number[]> {
    const groups = new Map<number, number[]>()
    for (const [index, history] of histories.entries()) {
      const length = this.#paddedLength(history.length)
      const group = groups.get(length)
      if (group) group.push(index)
      else groups.set(length, [index])
    }
    return groups
  }

  /** Steps are counted from the maximum, so that a full history runs in one batch with those that lack some of its events. */
  #paddedLength(events: number): number {
    const missing = Math.max(0, this.maxHistory - events)
    return this.maxHistory - Math.floor(missing / LENGTH_STEP) * LENGTH_STEP
  }

  async #run(
    histories: readonly Int32Array[],
    indices: readonly number[],
    length: number,
    into: Float32Array,
  ): Promise<void> {
    const { items } = this
    const rows = Math.max(indices.length, this.#minRows)
    const tokens = this.#tokenBuffer(rows * length)
    for (let row = 0; row < rows; row++) {
      const index = indices[row] ?? indices[0]!
      const latest = histories[index]!.subarray(-length)
      const from = (row + 1) * length - latest.length
      for (let n = 0; n < latest.length; n++) tokens[from + n] = BigInt(latest[n]! + 1)
    }
    const first = indices[0]!
    // ONNX Runtime does not write to memory that threads share.
    const isInPlace =
      into.buffer instanceof ArrayBuffer && rows === indices.length && indices.at(-1)! - first === rows - 1
    const data = isInPlace
      ? into.subarray(first * items, (first + rows) * items)
      : this.#scoreBuffer(rows * items)
    const history = { data: tokens, dims: [rows, length] }
    await this.#session.runInto({ history }, { scores: { data, dims: [rows, items] } }, ['scores'])
    if (isInPlace) return
    for (const [row, index] of indices.entries())
      into.set(data.subarray(row * items, (row + 1) * items), index * items)
  }

  #tokenBuffer(length: number): BigInt64Array {
    if (this.#tokens.length < length) this.#tokens = new BigInt64Array(length)
    return this.#tokens.subarray(0, length).fill(0n)
  }

  #scoreBuffer(length: number): Float32Array {
    if (this.#scores.length < length) this.#scores = new Float32Array(length)
    return this.#scores.subarray(0, length)
  }
}
