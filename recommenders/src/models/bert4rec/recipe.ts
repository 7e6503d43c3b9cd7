import { sequenceFiles } from '@cairn/flavors/sequence/artifact'
import Type from 'typebox'
import type { Recipe } from '../../recipe.js'
import { type FittedSequence, fitSequence } from '../../transformers/sequence/model.js'
import { SEQUENCE_PARAMETERS } from '../../transformers/sequence/parameters.js'
import { artifactTables } from '../artifact-tables.js'
import { bert4rec as kind } from './network.js'

export const Bert4recParameters = Type.Object(
  {
    ...SEQUENCE_PARAMETERS,
    learning_rate: { ...SEQUENCE_PARAMETERS.learning_rate, default: 0.0015 },
    mask_probability: Type.Number({
      default: 0.3,
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Share of the items of a sequence that are masked and predicted in a step',
    }),
    last_item_share: Type.Number({
      default: 0.1,
      minimum: 0,
      maximum: 1,
      description: 'Share of sequences in which only the last item is masked, as in inference',
    }),
  },
  { additionalProperties: false },
)

/** A bidirectional transformer trained on masked items; fitted once, because a fit takes minutes. */
export const bert4rec: Recipe<typeof Bert4recParameters, FittedSequence> = {
  kind: 'bert4rec',
  title: 'BERT4Rec',
  parameters: Bert4recParameters,
  fittedOnce: true,
  fit: (data, parameters, options) => fitSequence(kind, data, parameters, options),
  files: (model, artifact) =>
    sequenceFiles({ ...model, ...artifactTables(artifact, model.parameters) }, artifact.metadata),
}
