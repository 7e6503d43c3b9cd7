import { type Sample, type SequenceKind, tokenOf } from '../../transformers/sequence/network.js'
import { trunk, trunkParameters } from '../../transformers/sequence/transformer.js'

/**
 * SASRec (Kang & McAuley 2018, arXiv 1808.09781): a transformer that sees only the past and names the next item at each
 * place, trained by a softmax over all items with tied embeddings in place of one sampled negative, which is what makes
 * it as good as BERT4Rec (Klenitskiy & Vasilev 2023, arXiv 2309.07602).
 */
export const sasrec: SequenceKind = {
  name: 'sasrec',
  targetShare: () => 1,

  network: (sizes) => ({
    sizes,
    parameters: trunkParameters(sizes, sizes.items + 1),
    encode: (g, p, tokens, dropout) => trunk(g, p, tokens, { sizes, dropout, causal: true }),
    head: (_, __, x) => x,
    classes: (p) => ({ table: p.items! }),
  }),

  eventsOf: ({ maxLength }) => maxLength + 1,

  sample(events): Sample {
    const tokens = Array.from(events, tokenOf)
    return { tokens: tokens.slice(0, -1), places: [...tokens.keys()].slice(0, -1), labels: tokens.slice(1) }
  },
}
