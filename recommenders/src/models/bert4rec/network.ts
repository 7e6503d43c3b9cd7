import * as ops from '../../transformers/graph/ops.js'
import {
  type NetworkSizes,
  NO_DROPOUT,
  type Sample,
  type SequenceKind,
  tokenOf,
} from '../../transformers/sequence/network.js'
import {
  Layer,
  linearParameters,
  normParameters,
  trunk,
  trunkParameters,
} from '../../transformers/sequence/transformer.js'

export interface ClozeSettings {
  /** The share of items that are masked. */
  readonly mask_probability: number
  /** The share of sequences in which only the last item is masked, as in inference. */
  readonly last_item_share: number
}

const maskToken = ({ items }: NetworkSizes) => items + 1

/**
 * BERT4Rec (Sun et al. 2019, arXiv 1904.06690): a bidirectional transformer that predicts masked items with a softmax
 * over all items and tied embeddings. In inference a mask is appended to the history. Blocks normalize first, so that
 * training needs no long warm-up.
 */
export const bert4rec: SequenceKind<ClozeSettings> = {
  name: 'bert4rec',
  module: import.meta.url,
  targetShare: ({ mask_probability }) => mask_probability,

  network: (sizes) => ({
    sizes,
    queryToken: maskToken(sizes),
    parameters: [
      ...trunkParameters(sizes, sizes.items + 2),
      ...linearParameters('head', sizes.width, sizes.width),
      ...normParameters('head.norm', sizes.width),
      { name: 'bias', shape: [sizes.items + 2], start: 'log-events' }, // starts at popularity, so that training need not learn it
    ],
    encode: (g, p, tokens, dropout) => trunk(g, p, tokens, { sizes, dropout, causal: false }),
    encodeLast: (g, p, tokens) =>
      trunk(g, p, tokens, { sizes, dropout: NO_DROPOUT, causal: false, lastOnly: true }),
    head: (g, p, x) => {
      const head = new Layer(g, p, 'head')
      return head.norm('norm', ops.gelu(g, head.linear('', x)))
    },
    classes: (p) => ({ table: p.items!, bias: p.bias! }),
  }),

  eventsOf: ({ maxLength }) => maxLength,

  sample(events, sizes, { mask_probability, last_item_share }, random): Sample {
    const last = events.length - 1
    const lastAlone = random() < last_item_share
    const chosen = lastAlone ? [last] : [...events.keys()].filter(() => random() < mask_probability)
    const positions = chosen.length > 0 ? chosen : [Math.floor(random() * events.length)]
    const tokens = Array.from(events, tokenOf)
    for (const position of positions) tokens[position] = maskToken(sizes)
    return { tokens, positions, labels: positions.map((position) => tokenOf(events[position]!)) }
  },
}
