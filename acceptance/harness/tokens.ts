import { api } from './api.js'

/** Creates a token of the local owner, for clients that require one. */
export async function ownersToken(url: string): Promise<string> {
  const body = { comment: 'acceptance' }
  return (await api(url).post<{ token_value: string }>('/api/2.0/token/create', body)).token_value
}

/** Creates a token of a service principal, on its behalf, as the local owner. */
export async function tokenOf(url: string, application_id: string): Promise<string> {
  const path = '/api/2.0/token-management/on-behalf-of/tokens'
  return (await api(url).post<{ token_value: string }>(path, { application_id, comment: 'acceptance' }))
    .token_value
}
