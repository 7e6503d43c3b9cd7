import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { GovernedObject } from '../api/permissions.js'
import { queryKeys } from '../api/query-keys.js'

/** Changes the access to an object, and reads it again. */
export function useAccessChange<Input>(
  { kind, id }: GovernedObject,
  change: (input: Input) => Promise<unknown>,
) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: queryKeys.objectAccess(kind, id) })
      await queries.invalidateQueries({ queryKey: queryKeys.managesObject(kind, id) })
    },
  })
}
