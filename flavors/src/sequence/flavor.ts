import type { Flavor } from '../flavor.js'

/** Imports on demand: ONNX Runtime is large. */
export const sequence: Flavor = {
  load: async (folder) => (await import('./recommender.js')).loadSequence(folder),
  async loadScorer(folder) {
    const [{ readSequence }, { SequenceScorer }] = await Promise.all([
      import('./artifact.js'),
      import('./scorer.js'),
    ])
    const { table, ...graph } = await readSequence(folder)
    return { scorer: await SequenceScorer.open(graph), ids: table.items.ids }
  },
}
