import type { GetEndpointDrift, VersionDrift } from '@cairn/platform/protocol/cairn/serving-drift'
import type { Output } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type { VersionDrift }
export type EndpointDrift = Output<typeof GetEndpointDrift>

export const getDrift = (name: string, signal?: AbortSignal) =>
  call<typeof GetEndpointDrift>('GET /api/cairn/v1/serving-endpoints/{name}/drift', { name }, signal)
