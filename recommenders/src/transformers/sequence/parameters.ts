import Type, { type Static } from 'typebox'

/** Hyper-parameters of all sequence models. */
export const SEQUENCE_PARAMETERS = {
  width: Type.Integer({ default: 64, minimum: 4, maximum: 1024, description: 'Width of the vectors' }),
  blocks: Type.Integer({ default: 2, minimum: 1, maximum: 24, description: 'Transformer blocks' }),
  heads: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    description: 'Attention heads; must divide `width`',
  }),
  max_length: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 1024,
    description:
      'Maximum number of latest events that the model uses; training uses windows of this size from anywhere. ' +
      '0: 50 with fewer than 2,000 users, otherwise 100',
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
      'Maximum passes over the users; the learning rate decays to 0 over them. ' +
      '0: a thirtieth of the number of users, between 80 and 200',
  }),
  patience: Type.Integer({
    default: 50,
    minimum: 1,
    description:
      'Epochs without a better validation NDCG@10 after which training stops; NDCG may improve again ' +
      'when the learning rate has decayed',
  }),
  batch_size: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 4096,
    description: 'Users per step. 0: a fortieth of the users, between 8 and 64',
  }),
  learning_rate: Type.Number({
    default: 0.001,
    exclusiveMinimum: 0,
    description: 'Maximum learning rate of Adam',
  }),
  warmup_steps: Type.Integer({
    default: 100,
    minimum: 0,
    description: 'Steps over which the learning rate increases',
  }),
  beta1: Type.Number({ default: 0.9, minimum: 0, exclusiveMaximum: 1, description: "Adam's β1" }),
  beta2: Type.Number({ default: 0.98, minimum: 0, exclusiveMaximum: 1, description: "Adam's β2" }),
  validation_users: Type.Integer({
    default: 1000,
    minimum: 1,
    description: 'Users whose last training event is held out for early stopping; at most half of the users',
  }),
  seed: Type.Integer({ default: 42, description: 'Equal seeds give equal models for any number of threads' }),
}

const Shared = Type.Object(SEQUENCE_PARAMETERS)
export type SequenceParameters = Static<typeof Shared>

/** Replaces automatic values (0) by numbers for the data: few users need small batches for enough steps. */
export function resolveAutoParameters<P extends SequenceParameters>(parameters: P, users: number): P {
  const between = (least: number, value: number, most: number) =>
    Math.max(least, Math.min(most, Math.round(value)))
  return {
    ...parameters,
    epochs: parameters.epochs || between(80, users / 30, 200),
    max_length: parameters.max_length || (users < 2000 ? 50 : 100),
    batch_size: parameters.batch_size || between(8, users / 40, 64),
  }
}
