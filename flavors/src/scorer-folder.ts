import { invalid } from '@cairn/platform/errors'
import { readAls } from './als/read.js'
import { AlsScorer } from './als/scorer.js'
import type { Contributions } from './explanation.js'
import type { HistoryScorer } from './history-scorer.js'
import type { Id } from './id.js'
import { readItemWeights } from './item-weights/artifact.js'
import { weightsScorer } from './item-weights/scorer.js'
import { readMarkov } from './markov/artifact.js'
import { MarkovScorer } from './markov/scorer.js'
import { parseMlmodel } from './mlmodel.js'
import { readModelFile } from './model-folder.js'

/** A model of a folder as a part of another. */
export interface LoadedScorer {
  readonly scorer: HistoryScorer
  /** Of the items it scores, in their order. */
  readonly ids: readonly Id[]
  /** Of models whose score is a sum over the history. */
  readonly contributions?: Contributions
}

const READERS: Readonly<Record<string, (folder: string) => Promise<LoadedScorer>>> = {
  async als(folder) {
    const model = await readAls(folder)
    const scorer = new AlsScorer(model)
    return {
      scorer,
      ids: model.items.ids,
      contributions: (history, row) => scorer.contributions(history, row),
    }
  },
  async 'item-weights'(folder) {
    const { items, users, weights } = await readItemWeights(folder)
    const scorer = weightsScorer(weights, items.ids.length, users?.histories)
    return { scorer, ids: items.ids, contributions: (history, row) => scorer.contributions(history, row) }
  },
  async markov(folder) {
    const { items, transitions, lagWeights } = await readMarkov(folder)
    const scorer = new MarkovScorer(transitions, lagWeights)
    return { scorer, ids: items.ids, contributions: (history, row) => scorer.contributions(history, row) }
  },
  async sequence(folder) {
    const [{ readSequence }, { SequenceScorer }] = await Promise.all([
      import('./sequence/artifact.js'),
      import('./sequence/scorer.js'),
    ])
    const { table, ...graph } = await readSequence(folder)
    return { scorer: await SequenceScorer.open(graph), ids: table.items.ids }
  },
}

/**
 * Reads a model that goes by histories, to be asked by another model. Composites are none, so folders nest no deeper.
 *
 * @throws INVALID_PARAMETER_VALUE
 */
export async function readScorer(folder: string): Promise<LoadedScorer> {
  const { flavors } = parseMlmodel((await readModelFile(folder, 'MLmodel', 1 << 20)).toString('utf8'))
  const flavor = Object.keys(READERS).find((name) => Object.hasOwn(flavors, name))
  if (!flavor)
    throw invalid(
      `No flavor of the member (${Object.keys(flavors).join(', ')}) scores histories; ${Object.keys(READERS).join(', ')} do`,
    )
  return READERS[flavor]!(folder)
}
