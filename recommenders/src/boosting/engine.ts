import { evenIterations, outputsOf, type XgboostModel } from '@cairn/flavors/xgboost/model'

/** An implementation of boosting, round by round. */
export interface BoostingEngine {
  /** Runs a round; resolves with the metric of the evaluation table, if present. An abort rejects with its reason. */
  next(signal?: AbortSignal): Promise<number | undefined>
  /** The model of the rounds so far; no rounds may follow. */
  model(): Promise<XgboostModel>
  close(): Promise<void>
}

/** Truncates the model to the first `rounds` rounds. */
export function keepRounds(
  model: XgboostModel,
  rounds: number,
  attributes: Readonly<Record<string, string>>,
): XgboostModel {
  const { booster } = model
  if (booster.kind === 'gblinear') return model
  const trees = booster.trees.slice(0, booster.iterationOffsets[rounds])
  return {
    ...model,
    attributes: { ...model.attributes, ...attributes },
    booster: {
      ...booster,
      trees,
      treeGroups: booster.treeGroups.slice(0, trees.length),
      iterationOffsets: evenIterations(trees.length, outputsOf(model)),
    },
  }
}
