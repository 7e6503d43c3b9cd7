import { handle } from '@cairn/platform/http/handle'
import { Search } from '@cairn/platform/protocol/cairn/search'
import type { SearchSources } from '@cairn/platform/search/sources'
import type { FastifyPluginAsync } from 'fastify'

const DEFAULT_LIMIT = 5

/** Searches the objects of all services of this process. */
export const searchRoutes: FastifyPluginAsync<{ search: SearchSources }> = async (app, { search }) => {
  handle(app, Search, async ({ query, limit = DEFAULT_LIMIT }, { principal }) => ({
    hits: await search.find(query, limit, principal),
  }))
}
