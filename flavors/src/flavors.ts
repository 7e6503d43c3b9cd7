import { als } from './als/flavor.js'
import type { Flavor } from './flavor.js'
import { fusion } from './fusion/flavor.js'
import { itemWeights } from './item-weights/flavor.js'
import { markov } from './markov/flavor.js'
import { onnx } from './onnx/flavor.js'
import { popularity } from './popularity/flavor.js'
import { sequence } from './sequence/flavor.js'
import { twoStage } from './two-stage/flavor.js'
import { xgboost } from './xgboost/flavor.js'

/** Every supported flavor by its name in MLmodel. Of a model with several flavors the first one here is loaded. */
export const FLAVORS: Readonly<Record<string, Flavor>> = {
  als,
  'item-weights': itemWeights,
  markov,
  popularity,
  'two-stage': twoStage,
  fusion,
  sequence,
  xgboost,
  onnx,
}
