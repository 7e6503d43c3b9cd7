import { invalid } from '@cairn/platform/errors'
import { idColumn, numberColumn, readArrowFile, vectorColumn, writeArrowFile } from '../arrow/arrow-file.js'
import { ArrowColumnReader } from '../arrow/column-reader.js'
import { readSparseRows, writeSparseRows } from '../arrow/sparse-rows.js'
import type { Id } from '../id.js'
import { type ModelFiles, readModelFile } from '../mlmodel/model-folder.js'
import { type HistoryTables, readHistoryFolder, writeHistoryFolder } from '../recommender/history-folder.js'
import { checkItemWeights, type ItemWeights, type ItemWeightsModel } from './model.js'

const FLAVOR = 'item-weights'
/** `item_id` and, if dense, `weight`: fixed-size lists of float32; if sparse, `item` and `value`. */
const WEIGHTS_FILE = 'weights.arrow'
/** For the dual form: `user_id`, `kernel`: fixed-size list of float32. */
const KERNEL_FILE = 'kernel.arrow'
/** For the dual form: `item_id`, `diagonal`. */
const DIAGONAL_FILE = 'diagonal.arrow'

/** Writes a model folder of flavor `item-weights`. `metadata` is copied to MLmodel. */
export function itemWeightsFiles(model: ItemWeightsModel, metadata?: Record<string, unknown>): ModelFiles {
  checkItemWeights(model)
  const { weights } = model
  const { form } = weights
  const manifest = form === 'dual' ? { form, regularization: weights.regularization } : { form }
  return writeHistoryFolder(FLAVOR, model, { files: writeWeights(model), manifest }, metadata)
}

function writeWeights({ items: { ids }, users, weights }: ItemWeightsModel): ModelFiles {
  if (weights.form === 'sparse') return { [WEIGHTS_FILE]: writeSparseRows(ids, weights.rows) }
  if (weights.form === 'dense') {
    const weight = vectorColumn(weights.values, ids.length)
    return { [WEIGHTS_FILE]: writeArrowFile(ids.length, { item_id: idColumn(ids), weight }) }
  }
  const { ids: userIds } = users!
  const kernel = vectorColumn(weights.kernel, userIds.length)
  const diagonal = numberColumn(weights.diagonal)
  return {
    [KERNEL_FILE]: writeArrowFile(userIds.length, { user_id: idColumn(userIds), kernel }),
    [DIAGONAL_FILE]: writeArrowFile(ids.length, { item_id: idColumn(ids), diagonal }),
  }
}

/**
 * Reads an untrusted folder.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file and the problem
 */
export async function readItemWeights(folder: string): Promise<ItemWeightsModel> {
  const { manifest, ...tables } = await readHistoryFolder(FLAVOR, folder)
  const model = { ...tables, weights: await readWeights(folder, manifest, tables) }
  checkItemWeights(model)
  return model
}

async function readWeights(
  folder: string,
  { form, regularization }: Readonly<Record<string, unknown>>,
  { items: { ids }, users }: HistoryTables,
): Promise<ItemWeights> {
  if (form === 'sparse')
    return { form, rows: readSparseRows(await readModelFile(folder, WEIGHTS_FILE), WEIGHTS_FILE, ids) }
  if (form === 'dense') {
    const columns = await readColumns(folder, WEIGHTS_FILE, 'item_id', ids)
    return { form, values: columns.vectors('weight', ids.length) }
  }
  if (form !== 'dual')
    throw invalid(`${FLAVOR}.json: form must be dense, sparse or dual, got ${JSON.stringify(form)}`)
  const kernel = await readColumns(folder, KERNEL_FILE, 'user_id', users?.ids ?? [])
  const diagonal = await readColumns(folder, DIAGONAL_FILE, 'item_id', ids)
  return {
    form,
    kernel: kernel.vectors('kernel', users?.ids.length ?? 0),
    diagonal: diagonal.numbers('diagonal'),
    regularization: regularization as number, // validated by checkItemWeights
  }
}

async function readColumns(
  folder: string,
  name: string,
  column: string,
  ids: readonly Id[],
): Promise<ArrowColumnReader> {
  const columns = new ArrowColumnReader(readArrowFile(await readModelFile(folder, name), name), name)
  const own = columns.ids(column)
  if (own.length !== ids.length || own.some((id, row) => id !== ids[row]))
    throw invalid(`${name}: ${column} differs from that of the model's table`)
  return columns
}
