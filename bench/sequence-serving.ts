/**
 * Latency of a BERT4Rec of the size of ml-1m with untrained weights: of its graph, of the recommender with and without reasons, and of
 * an endpoint over HTTP, whose processor time is measured too.
 *
 * npm run bench -- sequence-serving [--items 3416] [--lengths 50,200] [--rounds 500] [--endpoint-rounds 3] [--seconds 3]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadModel } from '@cairn/flavors/load'
import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { OnnxSession } from '@cairn/flavors/onnx/session'
import { SequenceScorer } from '@cairn/flavors/sequence/scorer'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { measureEndpoint } from './sequence-serving/measure-endpoint.js'
import {
  type Latencies,
  type Row,
  type SequenceServing,
  summaryOf,
  writeResult,
} from './sequence-serving/result.js'
import { filesOf, graphOf, maxHistoryOf } from './sequence-serving/untrained-bert4rec.js'

const { values: flags } = parseArgs({
  options: {
    items: { type: 'string', default: '3416' },
    lengths: { type: 'string', default: '50,200' },
    rounds: { type: 'string', default: '500' },
    'endpoint-rounds': { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
  },
})
const items = Number(flags.items)
const rounds = Number(flags.rounds)
const WARM_UP = 50

async function time(work: (round: number) => Promise<unknown>): Promise<Latencies> {
  for (let round = 0; round < WARM_UP; round++) await work(round)
  const took: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await work(round)
    took.push(performance.now() - start)
  }
  return summaryOf(took)
}

const historyOf = (round: number, length: number) =>
  Int32Array.from({ length }, (_, at) => (at * 37 + round * 11) % items)

async function inGraph(onnx: Uint8Array, maxHistory: number): Promise<Latencies> {
  const session = await OnnxSession.open(onnx)
  const measured = await time((round) => {
    const data = BigInt64Array.from(historyOf(round, maxHistory), (row) => BigInt(row + 1))
    return session.run({ history: { data, dims: [1, maxHistory] } }, ['top_scores', 'top_items'])
  })
  await session.close()
  return measured
}

async function inScorer(onnx: Uint8Array, maxHistory: number): Promise<Latencies> {
  const scorer = await SequenceScorer.open({ onnx, items, maxHistory })
  const into = new Float32Array(items)
  const measured = await time((round) => scorer.score([historyOf(round, maxHistory)], into))
  await scorer.close()
  return measured
}

const queryOf = (round: number, length: number, reasons: boolean) => ({
  history: Array.from(historyOf(round, length), (row) => row + 1),
  k: 10,
  filter_seen: true,
  reasons,
})

async function inRecommender(files: ModelFiles, length: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-sequence-'))
  await writeFolder(folder, files)
  const start = performance.now()
  const model = await loadModel(folder)
  const load = performance.now() - start
  const recommend = (reasons: boolean) =>
    time((round) =>
      Promise.all(model.predict([{ input: { dataframe_records: [queryOf(round, length, reasons)] } }])),
    )
  const measured = [
    { length, what: 'recommendations', ...(await recommend(false)) },
    { length, what: 'recommendations with reasons', ...(await recommend(true)) },
    { length, what: 'loading the folder, once', ...summaryOf([load]) },
  ]
  await model.close!()
  await rm(folder, { recursive: true })
  return measured
}

/** Different queries in turns. */
const QUERIES = 200

const rows: Row[] = []
const endpoint: SequenceServing['endpoint'][number][] = []
for (const length of flags.lengths.split(',').map(Number)) {
  const onnx = graphOf(items, length)
  const maxHistory = maxHistoryOf(length)
  const files = filesOf(onnx, items, maxHistory)
  rows.push({ length, what: 'graph with top 10', ...(await inGraph(onnx, maxHistory)) })
  rows.push({ length, what: 'scores of all items', ...(await inScorer(onnx, maxHistory)) })
  rows.push(...(await inRecommender(files, length)))
  const measured = await measureEndpoint(files, {
    rounds: Number(flags['endpoint-rounds']),
    seconds: Number(flags.seconds),
    queries: (reasons) => Array.from({ length: QUERIES }, (_, round) => queryOf(round, length, reasons)),
  })
  endpoint.push(...measured.map((row) => ({ length, ...row })))
}
writeResult({ items, rounds, rows, endpoint })
