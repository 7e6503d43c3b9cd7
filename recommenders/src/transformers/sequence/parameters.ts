import Type, { type Static } from 'typebox'

/** Hyper-parameters that the sequence models share. */
export const SEQUENCE_PARAMETERS = {
  width: Type.Integer({ default: 64, minimum: 4, maximum: 1024, description: 'Width of every vector' }),
  blocks: Type.Integer({ default: 2, minimum: 1, maximum: 24, description: 'Transformer blocks' }),
  heads: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    description: 'Attention heads; divides `width`',
  }),
  max_length: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 1024,
    description:
      'Events that the model sees at once, the latest; in training as many in a row from anywhere. ' +
      '0: 50 with fewer than 2,000 users, else 100',
  }),
  dropout: Type.Number({
    default: 0.1,
    minimum: 0,
    exclusiveMaximum: 1,
    description: 'Share of values dropped from embeddings, attention weights and block outputs in training',
  }),
  epochs: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 10_000,
    description:
      'Passes over the users at most; the learning rate falls to 0 over them. ' +
      '0: a thirtieth of the number of users, from 80 to 200',
  }),
  patience: Type.Integer({
    default: 50,
    minimum: 1,
    description:
      'Epochs without a better validation NDCG@10 after which training stops; it may well improve again ' +
      'when the learning rate has fallen',
  }),
  batch_size: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 4096,
    description: 'Users a step. 0: a fortieth of them, from 8 to 64',
  }),
  learning_rate: Type.Number({ default: 0.001, exclusiveMinimum: 0, description: 'Of Adam, at its highest' }),
  warmup_steps: Type.Integer({
    default: 100,
    minimum: 0,
    description: 'Steps over which the learning rate rises',
  }),
  beta1: Type.Number({ default: 0.9, minimum: 0, exclusiveMaximum: 1, description: "Adam's β1" }),
  beta2: Type.Number({ default: 0.98, minimum: 0, exclusiveMaximum: 1, description: "Adam's β2" }),
  validation_users: Type.Integer({
    default: 1000,
    minimum: 1,
    description: 'Users whose last training event is held out to tell when to stop; at most half of them',
  }),
  seed: Type.Integer({ default: 42, description: 'Equal seeds give equal models, whatever the threads' }),
}

const Shared = Type.Object(SEQUENCE_PARAMETERS)
export type SequenceParameters = Static<typeof Shared>

/** Puts numbers for what is left to the data: few users need small steps to make enough of them. */
export function settle<P extends SequenceParameters>(parameters: P, users: number): P {
  const between = (least: number, value: number, most: number) =>
    Math.max(least, Math.min(most, Math.round(value)))
  return {
    ...parameters,
    epochs: parameters.epochs || between(80, users / 30, 200),
    max_length: parameters.max_length || (users < 2000 ? 50 : 100),
    batch_size: parameters.batch_size || between(8, users / 40, 64),
  }
}
