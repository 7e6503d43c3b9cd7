import type { Search, SearchedKind, SearchHit } from '@cairn/platform/protocol/cairn/search'
import { call } from './call.js'

export type { SearchedKind, SearchHit }

/** Objects by the words of their names or by id, up to five of each kind. */
export const search = async (query: string, signal?: AbortSignal) =>
  (await call<typeof Search>('GET /api/cairn/v1/search', { query }, signal)).hits
