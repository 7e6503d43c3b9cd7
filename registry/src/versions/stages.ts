import { invalid } from '@cairn/platform/errors'

const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const
export type Stage = (typeof STAGES)[number]

/** Case-insensitive. @throws INVALID_PARAMETER_VALUE */
export function parseStage(text: string): Stage {
  const stage = STAGES.find((known) => known.toLowerCase() === text.toLowerCase())
  if (!stage)
    throw invalid(`Invalid Model Version stage: ${text}. Value must be one of ${STAGES.join(', ')}.`)
  return stage
}

/** Existing versions are archived only in active stages. @throws INVALID_PARAMETER_VALUE */
export function requireActiveStage(stage: Stage) {
  if (stage !== 'Staging' && stage !== 'Production')
    throw invalid(
      `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
    )
}
