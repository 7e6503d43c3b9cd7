import { useQuery } from '@tanstack/react-query'
import { searchPromptVersions } from '../api/prompts.js'
import { queryKeys } from '../api/query-keys.js'
import { modelQuery } from '../models/queries.js'

export const usePrompt = (name: string) => useQuery(modelQuery(name))

/** Newest first. */
export const usePromptVersions = (name: string) =>
  useQuery({
    queryKey: queryKeys.versions(name),
    queryFn: ({ signal }) => searchPromptVersions(name, signal),
  })
