import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { getAccount, signOut } from '../api/account.js'
import { isMissing } from '../api/http.js'
import { queryKeys } from '../api/query-keys.js'
import { forgetVisits } from '../palette/visits.js'
import { noteUser } from '../sign-in/other-tabs.js'
import { keepUser } from '../sign-in/same-user.js'

const accountQuery = queryOptions({
  queryKey: queryKeys.me(),
  queryFn: async ({ signal, client }) => keepUser(client, await getAccount(signal)),
  staleTime: 60_000,
  retry: false,
})

export const useAccount = () => useQuery(accountQuery)

/** The name under which visits are stored; undefined until known, empty without accounts. Sends no request: pages before sign-in use it. */
export function useVisitor(): string | undefined {
  const { data, error } = useQuery({ ...accountQuery, enabled: false })
  return data?.name ?? (isMissing(error) ? '' : undefined)
}

/** Ends the session and loads the page again, so that nothing of the old user stays in memory. */
export function useSignOut() {
  const queries = useQueryClient()
  return async (everywhere = false) => {
    const redirect = await signOut(everywhere)
    noteUser(null)
    queries.clear()
    forgetVisits()
    window.location.assign(redirect ?? `${window.location.pathname}#/`)
    if (!redirect) window.location.reload()
  }
}
