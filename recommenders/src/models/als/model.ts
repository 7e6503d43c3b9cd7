import type { IdMap } from '../../data/id-map.js'
import type { FactorModel } from '../../scoring/factor-model.js'
import type { AlsParameters } from './parameters.js'

/** Vectors of unknown users are computed from the item factors: `FoldIn` of the als flavor. */
export interface AlsModel extends FactorModel {
  readonly params: AlsParameters
  readonly users: IdMap
  readonly items: IdMap
}
