import { useQuery } from '@tanstack/react-query'
import { manages } from '../api/permissions.js'
import { queryKeys } from '../api/query-keys.js'

/** Returns whether the caller may remove runs of an experiment permanently; false until it is known. */
export function useMayManage(experimentId: string, enabled: boolean): boolean {
  const { data } = useQuery({
    queryKey: queryKeys.managesObject('experiment', experimentId),
    queryFn: ({ signal }) => manages({ kind: 'experiment', id: experimentId }, signal),
    enabled,
  })
  return data ?? false
}
