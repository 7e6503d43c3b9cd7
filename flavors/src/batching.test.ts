import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alsFiles } from './als/write.js'
import { fusionFiles } from './fusion/artifact.js'
import { itemWeightsFiles } from './item-weights/artifact.js'
import { loadModel } from './load.js'
import { markovFiles } from './markov/artifact.js'
import type { ModelFiles } from './mlmodel/model-folder.js'
import { popularityFiles } from './popularity/artifact.js'
import type { ItemMetadata } from './recommender/item-table.js'
import { sequenceFiles } from './sequence/artifact.js'
import { anAlsModel, randomNumbers } from './testing/als-model.js'
import { predict } from './testing/predict.js'
import { aSequenceModel } from './testing/sequence-model.js'
import { someRows, someTables } from './testing/tables.js'
import { aTwoStageModel } from './testing/two-stage-model.js'
import { writeFolder } from './testing/write-folder.js'
import { twoStageFiles } from './two-stage/artifact.js'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-batching-'))
})
afterAll(() => rm(root, { recursive: true }))

const ITEMS = 30
const USERS = 7
const tables = someTables(ITEMS, USERS)
const { items, users, parameters } = tables
const random = randomNumbers(5)
const numbers = (length: number) => Float32Array.from({ length }, () => random() - 0.4)
const twoStage = aTwoStageModel(ITEMS)
const fusionOf = (method: 'z-score' | 'reciprocal-rank') =>
  fusionFiles({
    items: twoStage.items,
    users: users!,
    parameters,
    method,
    members: [
      ...twoStage.members,
      { name: 'bert4rec', files: sequenceFiles({ ...aSequenceModel(), items: twoStage.items }) },
    ].map((member, n) => ({ ...member, weight: n + 0.5 })),
  })

const MODELS: readonly [string, ItemMetadata, ModelFiles][] = [
  ['als', anAlsModel({ items: ITEMS }).items, alsFiles(anAlsModel({ items: ITEMS, users: USERS }))],
  ['sequence', aSequenceModel().items, sequenceFiles(aSequenceModel())],
  ['two-stage', twoStage.items, twoStageFiles(twoStage)],
  ['fusion of z-scores', twoStage.items, fusionOf('z-score')],
  ['fusion of ranks', twoStage.items, fusionOf('reciprocal-rank')],
  ['markov', items, markovFiles({ ...tables, transitions: someRows(ITEMS), lagWeights: [1, 0.7, 0.5] })],
  [
    'dense item-weights',
    items,
    itemWeightsFiles({ ...tables, weights: { form: 'dense', values: numbers(ITEMS ** 2) } }),
  ],
  [
    'sparse item-weights',
    items,
    itemWeightsFiles({ ...tables, weights: { form: 'sparse', rows: someRows(ITEMS) } }),
  ],
  [
    'dual item-weights',
    items,
    itemWeightsFiles({
      ...tables,
      weights: {
        form: 'dual',
        kernel: numbers(USERS ** 2),
        diagonal: Float64Array.from({ length: ITEMS }, () => 0.2 + random()),
        regularization: 1.5,
      },
    }),
  ],
  ['popularity', items, popularityFiles(items)],
]

/** Histories of all lengths, with repeats, unknown items and users, and invalid rows. */
const rowsFor = ({ ids }: ItemMetadata) =>
  Array.from({ length: 70 }, (_, n) => ({
    history: Array.from({ length: n % 25 }, (_, at) =>
      at % 9 === 8 ? 'unknown' : ids[(n * 7 + at * 5) % ITEMS]!,
    ),
    k: n % 17 === 16 ? 0 : 1 + (n % 12),
    filter_seen: n % 2 === 0,
    reasons: n % 3 > 0,
    ...(n % 5 === 0 && { user_id: 100 + (n % 8) }),
    ...(n % 4 === 0 && { exclude: [ids[n % ITEMS]!] }),
  }))

test.each(MODELS)(
  '%s: predictions of a batch equal those of single requests, to the bit',
  async (name, known, files) => {
    const folder = join(root, name.replaceAll(' ', '-'))
    await writeFolder(folder, files)
    const model = await loadModel(folder)
    const rows = rowsFor(known)
    const inputs = rows.map((row) => ({ dataframe_records: [row] }))
    const together = await Promise.allSettled(model.predict(inputs.map((input) => ({ input }))))
    for (const [n, input] of inputs.entries()) {
      const [alone] = await Promise.allSettled([predict(model, input)])
      expect(together[n]).toEqual(alone)
    }
    const valid = rows.filter(({ k }) => k > 0)
    const inOne = await predict(model, { dataframe_records: valid })
    const answers = together.flatMap((one) => (one.status === 'fulfilled' ? (one.value as unknown[]) : []))
    expect(inOne).toEqual(answers)
    await model.close?.()
  },
)
