export type UpdateState = 'NOT_UPDATING' | 'IN_PROGRESS' | 'UPDATE_FAILED' | 'UPDATE_CANCELED'

export interface EndpointRow {
  id: string
  name: string
  /** Principal id. */
  owner: string
  /** Principal name. */
  creator: string
  description: string
  /** JSON list of {key, value}. */
  tags: string
  creation_timestamp: number
  last_updated_timestamp: number
  /** JSON `EndpointConfig` that serves; null until the first one is ready. */
  config: string | null
  /** Counts the configurations that have served. */
  config_version: number
  /** JSON `EndpointConfig` on its way. */
  pending: string | null
  pending_since: number | null
  update_state: UpdateState
  update_message: string
}

export interface ServingSchema {
  endpoints: EndpointRow
}
