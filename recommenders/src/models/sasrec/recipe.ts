import { sequenceFiles } from '@cairn/flavors/sequence/artifact'
import Type from 'typebox'
import type { Recipe } from '../../recipe.js'
import { type FittedSequence, fitSequence } from '../../transformers/sequence/model.js'
import { SEQUENCE_PARAMETERS } from '../../transformers/sequence/parameters.js'
import { artifactTables } from '../artifact-tables.js'
import { sasrec as kind } from './network.js'

export const SasrecParameters = Type.Object(
  {
    ...SEQUENCE_PARAMETERS,
    heads: { ...SEQUENCE_PARAMETERS.heads, default: 1 },
    epochs: { ...SEQUENCE_PARAMETERS.epochs, default: 60 }, // each epoch predicts at every position, so a third suffices
  },
  { additionalProperties: false },
)

/** A causal transformer trained to predict the next item; fitted once, because a fit takes minutes. */
export const sasrec: Recipe<typeof SasrecParameters, FittedSequence> = {
  kind: 'sasrec',
  title: 'SASRec',
  parameters: SasrecParameters,
  fittedOnce: true,
  fit: (data, parameters, options) => fitSequence(kind, data, parameters, options),
  files: (model, artifact) =>
    sequenceFiles({ ...model, ...artifactTables(artifact, model.parameters) }, artifact.metadata),
}
