import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { compareDeployments, type EndpointDeployment, listDeployments } from '../api/deployments.js'
import { queryKeys } from '../api/query-keys.js'
import { pollWhileOffline } from '../app/query-client.js'

const POLL_MS = 2_000

export const deploymentsQuery = (name: string) =>
  infiniteQueryOptions({
    queryKey: queryKeys.deployments(name),
    queryFn: ({ pageParam, signal }) =>
      listDeployments({ name, ...(pageParam && { page_token: pageParam }) }, signal),
    initialPageParam: '',
    getNextPageParam: ({ next_page_token }) => next_page_token,
    select: ({ pages }) => pages.flatMap(({ deployments }) => deployments),
    refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
    retry: false,
  })

/** Compares deployment `number` with `against`. */
export const changesQuery = (name: string, number: number, against: number) =>
  queryOptions({
    queryKey: queryKeys.deploymentChanges(name, number, against),
    queryFn: ({ signal }) => compareDeployments({ name, number, against }, signal),
    retry: false,
  })

/** Returns whether an endpoint can be rolled back to a deployment: it succeeded, and its versions were recorded. */
export const isRollBackTarget = ({ outcome, active, served_entities }: EndpointDeployment) =>
  outcome === 'SUCCEEDED' && !active && served_entities.every(({ version }) => version !== undefined)
