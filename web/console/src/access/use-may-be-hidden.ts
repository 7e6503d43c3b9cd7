import { useQuery } from '@tanstack/react-query'
import { METASTORE } from '../api/rights.js'
import { mayQuery } from '../permissions/use-may.js'

/** Returns whether the server may hide objects from the caller; nothing is hidden from administrators. */
export function useMayBeHidden(enabled: boolean): boolean {
  const { data } = useQuery({ ...mayQuery(METASTORE, 'MANAGE'), enabled })
  return enabled && data === false
}
