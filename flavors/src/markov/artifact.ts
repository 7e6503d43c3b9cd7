import { readSparseRows, writeSparseRows } from '../arrow/sparse-rows.js'
import { type ModelFiles, readModelFile } from '../mlmodel/model-folder.js'
import { readHistoryFolder, writeHistoryFolder } from '../recommender/history-folder.js'
import { checkLagWeights, checkMarkovModel, type MarkovModel } from './model.js'

/** `item_id`; `item`, lists of item-table rows that followed it; `value`, their shares. */
const TRANSITIONS_FILE = 'transitions.arrow'

/** Writes a model folder of flavor `markov`. `metadata` is copied to MLmodel. */
export function markovFiles(model: MarkovModel, metadata?: Record<string, unknown>): ModelFiles {
  checkMarkovModel(model)
  const { items, transitions, lagWeights } = model
  const content = {
    files: { [TRANSITIONS_FILE]: writeSparseRows(items.ids, transitions) },
    manifest: { lag_weights: lagWeights, transitions: transitions.items.length },
  }
  return writeHistoryFolder('markov', model, content, metadata)
}

/**
 * Reads an untrusted folder.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file and the problem
 */
export async function readMarkov(folder: string): Promise<MarkovModel> {
  const { manifest, ...tables } = await readHistoryFolder('markov', folder)
  const { lag_weights: lagWeights } = manifest
  checkLagWeights(lagWeights)
  const bytes = await readModelFile(folder, TRANSITIONS_FILE)
  return { ...tables, lagWeights, transitions: readSparseRows(bytes, TRANSITIONS_FILE, tables.items.ids) }
}
