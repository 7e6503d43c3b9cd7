/**
 * Processor time of a recommendation by a Hybrid of the size of the demo's, with and without reasons, and the rate of BERT4Rec with one
 * request at a time and with eight. Members are fitted for a few epochs only, because the values of weights do not affect the time.
 *
 * npm run bench -- recommendation [--data examples/data/ml-latest-small.zip] [--model FOLDER] [--rounds 50]
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Id } from '@cairn/flavors/id'
import { loadModel, type ServableModel } from '@cairn/flavors/load'
import { ITEMS_FILE, readItems } from '@cairn/flavors/recommender/item-table'
import { readUsers, USERS_FILE } from '@cairn/flavors/recommender/user-histories'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { fitHybridFiles } from './recommendation/fit-hybrid.js'
import { type Cost, type HybridRow, type SequenceRow, writeResult } from './recommendation/result.js'
import { filesOf, graphOf, maxHistoryOf } from './sequence-serving/untrained-bert4rec.js'

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: 'examples/data/ml-latest-small.zip' },
    model: { type: 'string' },
    rounds: { type: 'string', default: '50' },
  },
})
const rounds = Number(flags.rounds)
const WARM_UP = 100
/** Rounds are measured in blocks. */
const BLOCKS = 12
const K = 10
/** Latest events of a user in a request; all if undefined. */
const HISTORY_LENGTHS = [3, 10, 50, undefined]
const SEQUENCE_LENGTH = 50
const BATCHES = [1, 8, 32]

type Query = Readonly<Record<string, unknown>>

/** Milliseconds per query with `batch` queries in each call: the minimum of all blocks, because other load only adds time. */
async function costOf(model: ServableModel, query: (n: number) => Query, batch = 1): Promise<Cost> {
  const call = (round: number) =>
    Promise.all(
      model.predict(
        Array.from({ length: batch }, (_, n) => ({
          input: { dataframe_records: [query(round * batch + n)] },
        })),
      ),
    )
  for (let round = 0; round < WARM_UP; round++) await call(round)
  const costs: Cost[] = []
  for (let block = 0; block < BLOCKS; block++) {
    const [wall, cpu] = [performance.now(), process.cpuUsage()]
    for (let round = 0; round < rounds; round++) await call(block * rounds + round)
    const { user, system } = process.cpuUsage(cpu)
    const queries = rounds * batch
    costs.push({ wall: (performance.now() - wall) / queries, cpu: (user + system) / 1000 / queries })
  }
  return {
    wall: Math.min(...costs.map(({ wall }) => wall)),
    cpu: Math.min(...costs.map(({ cpu }) => cpu)),
  }
}

const readItemIds = async (folder: string) => readItems(await readFile(join(folder, ITEMS_FILE))).ids

/** The item ids of each user, oldest first. */
async function historiesOf(folder: string): Promise<Id[][]> {
  const ids = await readItemIds(folder)
  const { histories } = readUsers(await readFile(join(folder, USERS_FILE)), ids.length)
  const { offsets, items } = histories
  return Array.from({ length: offsets.length - 1 }, (_, user) =>
    Array.from(items.subarray(offsets[user], offsets[user + 1]), (row) => ids[row]!),
  )
}

async function measureHybrid(folder: string): Promise<HybridRow[]> {
  const histories = await historiesOf(folder)
  const model = await loadModel(folder)
  const rows: HybridRow[] = []
  for (const length of HISTORY_LENGTHS)
    for (const reasons of [false, true]) {
      const query = (n: number) => {
        const history = histories[(n * 37) % histories.length]!
        return { history: length ? history.slice(-length) : history, k: K, reasons }
      }
      rows.push({ length, reasons, ...(await costOf(model, query)) })
    }
  await model.close?.()
  return rows
}

async function measureSequence(folder: string): Promise<SequenceRow[]> {
  const items = (await readItemIds(folder)).length
  const maxHistory = maxHistoryOf(SEQUENCE_LENGTH)
  const target = join(scratch, 'bert4rec')
  await writeFolder(target, filesOf(graphOf(items, SEQUENCE_LENGTH), items, maxHistory))
  const model = await loadModel(target)
  const query = (n: number) => ({
    history: Array.from({ length: maxHistory }, (_, at) => 1 + ((at * 37 + n * 11) % items)),
    k: K,
  })
  const rows: SequenceRow[] = []
  for (const batch of BATCHES) rows.push({ batch, ...(await costOf(model, query, batch)) })
  await model.close?.()
  return rows
}

const scratch = await mkdtemp(join(tmpdir(), 'bench-recommendation-'))
try {
  const folder = flags.model ?? join(scratch, 'hybrid')
  if (!existsSync(folder)) await writeFolder(folder, await fitHybridFiles(flags.data))
  writeResult({
    rounds,
    blocks: BLOCKS,
    k: K,
    hybrid: await measureHybrid(folder),
    sequence: await measureSequence(folder),
  })
} finally {
  await rm(scratch, { recursive: true })
}
