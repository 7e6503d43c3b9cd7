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
  /** JSON `EndpointConfig` of the active configuration; null until the first is ready. */
  config: string | null
  /** The number of configurations that have been active. */
  config_version: number
  /** JSON `EndpointConfig` that is being loaded. */
  pending: string | null
  pending_since: number | null
  update_state: UpdateState
  update_message: string
}

export interface ServingSchema {
  endpoints: EndpointRow
}
