import { useQuery } from '@tanstack/react-query'
import { mayEditPrompts, searchPromptVersions } from '../api/prompts.js'
import { queryKeys } from '../api/query-keys.js'
import { modelQuery } from '../models/queries.js'

export const usePrompt = (name: string) => useQuery(modelQuery(name))

/** Newest first. */
export const usePromptVersions = (name: string) =>
  useQuery({
    queryKey: queryKeys.versions(name),
    queryFn: ({ signal }) => searchPromptVersions(name, signal),
  })

const STALE_MS = 60_000

/** Whether to offer changes; false until the server has decided. */
export const useMayEditPrompts = (name: string | undefined): boolean =>
  useQuery({
    queryKey: queryKeys.mayEdit('prompt', name ?? ''),
    queryFn: ({ signal }) => mayEditPrompts(name, signal),
    staleTime: STALE_MS,
    retry: false,
  }).data ?? false
