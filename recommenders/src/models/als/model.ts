import type { IdMap } from '../../data/id-map.js'
import type { FactorModel } from '../../scoring/factor-model.js'
import type { IalsParams } from './params.js'

/** Vectors of users who were not trained come from the items alone: `FoldIn` of the als flavor. */
export interface IalsModel extends FactorModel {
  readonly params: IalsParams
  readonly users: IdMap
  readonly items: IdMap
}
