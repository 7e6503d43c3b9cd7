import { invalid } from '@cairn/platform/errors'
import { checkModelName } from '../namespace/names.js'

/** @throws INVALID_PARAMETER_VALUE unless the name has three parts */
export function checkUnityCatalogName(name: string) {
  checkModelName(name)
  if (/^[^.]+\.[^.]+\.[^.]+$/.test(name)) return
  throw invalid(
    `'${name}' is not a name of a model in Unity Catalog: use catalog.schema.model, such as 'main.default.movies'.`,
  )
}
