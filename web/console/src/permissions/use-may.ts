import { queryOptions, useQuery } from '@tanstack/react-query'
import { isMissing } from '../api/http.js'
import { queryKeys } from '../api/query-keys.js'
import { hasPrivilege, type SecurableName } from '../api/rights.js'

const STALE_MS = 60_000

export const mayQuery = ({ securable_type, full_name }: SecurableName, privilege: string) =>
  queryOptions({
    queryKey: queryKeys.may(securable_type, full_name, privilege),
    queryFn: ({ signal }) => hasPrivilege({ securable_type, full_name }, privilege, signal),
    staleTime: STALE_MS,
    retry: false,
  })

/** Returns whether the caller has a privilege; false until that is known. A server without the catalog decides at each request. */
export function useMay(securable: SecurableName, privilege: string): boolean {
  const { data, error } = useQuery(mayQuery(securable, privilege))
  return data ?? isMissing(error)
}

export const useMayEditExperiment = (id: string) =>
  useMay({ securable_type: 'experiment', full_name: id }, 'EDIT EXPERIMENTS')

export const useMayEditModel = (name: string) =>
  useMay({ securable_type: 'registered_model', full_name: name }, 'EDIT MODELS')
