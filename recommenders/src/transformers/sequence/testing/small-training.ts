import Type from 'typebox'
import { resolveParameters } from '../../../recipe.js'
import { SEQUENCE_PARAMETERS } from '../parameters.js'
import { type TrainOptions, trainSequence } from '../train.js'
import { chains } from './chains.js'

const cloze = { mask_probability: 0.3, last_item_share: 0.2 }
/** Parameters of a model that is trained in a second. */
export const small = {
  ...resolveParameters({ title: 'test', parameters: Type.Object(SEQUENCE_PARAMETERS) }),
  ...cloze,
  width: 16,
  blocks: 1,
  max_length: 10,
  batch_size: 16,
  epochs: 3,
  learning_rate: 0.01,
  warmup_steps: 5,
}
export const data = { train: chains() }

/** Trains a small model. @returns the model and the loss of each epoch */
export const trainSmall = async (
  kind: Parameters<typeof trainSequence>[0],
  overrides: Partial<typeof small>,
  options: TrainOptions = {},
) => {
  const seen: number[] = []
  const onStep: TrainOptions['onStep'] = ({ metrics }) => void seen.push(metrics!.train_loss!)
  const trained = await trainSequence(
    kind,
    data,
    { ...small, ...overrides },
    { threads: 1, ...options, onStep },
  )
  return { seen, trained }
}
