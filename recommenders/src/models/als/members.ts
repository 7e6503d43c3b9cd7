import { AlsScorer } from '@cairn/flavors/als/scorer'
import { alsFiles } from '@cairn/flavors/als/write'
import type { FitInput, FitOptions } from '../../recipe.js'
import { artifactTables } from '../artifact-tables.js'
import type { FittedMember } from '../member.js'
import { type AlsParameters, resolveAlsParameters } from './parameters.js'
import { trainAls } from './train.js'

const NAME = 'ials'

/** All users are folded in, those of the training data included, because serving has only their histories. */
export async function fitAlsMember(
  { train }: FitInput,
  parameters: Partial<AlsParameters>,
  { onStep, ...options }: FitOptions,
): Promise<FittedMember> {
  const total = resolveAlsParameters(parameters).epochs
  const { dimensions, itemFactors, params } = await trainAls(train, parameters, {
    ...options,
    onEpoch: ({ epoch, loss }) =>
      onStep?.({ done: epoch, total, unit: 'epochs', message: `loss ${loss.toFixed(4)}` }),
  })
  const factors = { dimensions, itemFactors, parameters: { ...params } }
  const noUsers = { userIds: [], userFactors: new Float32Array() }
  return {
    name: NAME,
    kind: NAME,
    scorer: new AlsScorer(factors),
    files: (artifact) =>
      alsFiles({ ...factors, ...noUsers, items: artifactTables(artifact, {}).items }, artifact.metadata),
  }
}
