import { NO_DROPOUT, type Sample, type SequenceKind, tokenOf } from '../../transformers/sequence/network.js'
import { trunk, trunkParameters } from '../../transformers/sequence/transformer.js'

/**
 * SASRec (Kang & McAuley 2018, arXiv 1808.09781): a causal transformer that predicts the next item at each position. It is
 * trained with a softmax over all items and tied embeddings instead of one sampled negative, which makes it as accurate
 * as BERT4Rec (Klenitskiy & Vasilev 2023, arXiv 2309.07602).
 */
export const sasrec: SequenceKind = {
  name: 'sasrec',
  module: import.meta.url,
  targetShare: () => 1,

  network: (sizes) => ({
    sizes,
    parameters: trunkParameters(sizes, sizes.items + 1),
    encode: (g, p, tokens, dropout) => trunk(g, p, tokens, { sizes, dropout, causal: true }),
    encodeLast: (g, p, tokens) =>
      trunk(g, p, tokens, { sizes, dropout: NO_DROPOUT, causal: true, lastOnly: true }),
    head: (_, __, x) => x,
    classes: (p) => ({ table: p.items! }),
  }),

  eventsOf: ({ maxLength }) => maxLength + 1,

  sample(events): Sample {
    const tokens = Array.from(events, tokenOf)
    return {
      tokens: tokens.slice(0, -1),
      positions: [...tokens.keys()].slice(0, -1),
      labels: tokens.slice(1),
    }
  },
}
