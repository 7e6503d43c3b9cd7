import { invalid } from '@cairn/platform/errors'
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'

/**
 * Hyper-parameters of iALS; names and meaning follow Rendle et al. 2021, "Revisiting the performance of iALS".
 * The defaults suit data of about 100,000 ratings and 10,000 films.
 */
export const AlsParameters = Type.Object(
  {
    factors: Type.Integer({
      default: 64,
      minimum: 1,
      maximum: 4096,
      description: 'Width of the user and item vectors',
    }),
    epochs: Type.Integer({
      default: 16,
      minimum: 1,
      maximum: 1000,
      description: 'Passes over users and items',
    }),
    regularization: Type.Number({
      default: 0.01,
      exclusiveMinimum: 0,
      description: 'L2 penalty λ; smaller data need more. Try 0.001 to 0.03',
    }),
    unobserved_weight: Type.Number({
      default: 0.1,
      exclusiveMinimum: 0,
      description:
        'Weight α0 of all pairs as implicit zeros; higher values favour popular items. Try 0.03 to 0.3',
    }),
    regularization_exponent: Type.Number({
      default: 1,
      minimum: 0,
      maximum: 1,
      description:
        'ν: a row with n events is penalized λ(n + α0·columns)^ν; 1 scales by frequency, 0 not at all',
    }),
    block_size: Type.Integer({
      default: 8,
      minimum: 8,
      multipleOf: 8,
      description:
        'Coordinates solved together; at `factors` or more it is exact ALS. Smaller blocks make epochs faster',
    }),
    init_scale: Type.Number({
      default: 0.1,
      exclusiveMinimum: 0,
      description:
        'Initial vectors have independent normal entries with standard deviation init_scale / √factors',
    }),
    seed: Type.Integer({
      default: 42,
      description: 'Seed of the initial vectors; equal seeds give equal models',
    }),
  },
  { additionalProperties: false },
)
export type AlsParameters = Static<typeof AlsParameters>

/** Fills in defaults; throws INVALID_PARAMETER_VALUE that names the parameter. */
export function resolveAlsParameters(overrides: Partial<AlsParameters> = {}): AlsParameters {
  const params = { ...Value.Create(AlsParameters), ...overrides }
  const [error] = Value.Errors(AlsParameters, params)
  if (error) throw invalid(`iALS parameter '${error.instancePath.slice(1)}' ${error.message}`)
  return params
}
