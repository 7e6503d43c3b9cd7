import { invalid } from '@cairn/platform/errors'
import { checkModelName } from '../namespace/names.js'

const THREE_PARTS = /^[^.]+\.[^.]+\.[^.]+$/

export const hasUnityCatalogName = ({ name }: { readonly name: string }) => THREE_PARTS.test(name)

/** @throws INVALID_PARAMETER_VALUE unless the name has three parts */
export function checkUnityCatalogName(name: string) {
  checkModelName(name)
  if (hasUnityCatalogName({ name })) return
  throw invalid(
    `'${name}' is not a name of a model in Unity Catalog: use catalog.schema.model, such as 'main.default.movies'.`,
  )
}
