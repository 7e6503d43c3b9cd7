import { METASTORE } from '../api/rights.js'
import { useMay } from './use-may.js'

/** Returns whether the caller may create models, or versions of all models. */
export function useMayRegister(): boolean {
  const mayCreate = useMay(METASTORE, 'CREATE MODEL')
  const mayEdit = useMay(METASTORE, 'EDIT MODELS')
  return mayCreate || mayEdit
}
