import { evenIterations, outputsOf, type XgboostModel } from '@cairn/flavors/xgboost/model'

/** Something that boosts round by round. */
export interface BoostingEngine {
  /** One more round; answers the metric of the evaluation table, where there is one. An abort rejects with its reason. */
  next(signal?: AbortSignal): Promise<number | undefined>
  /** What the rounds made. No round may follow. */
  model(): Promise<XgboostModel>
  close(): Promise<void>
}

/** The model without the rounds after the first `rounds`. */
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
