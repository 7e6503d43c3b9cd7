import { InvocationInput } from '@cairn/platform/protocol/serving-endpoints'
import type { Registry } from 'prom-client'
import type { Deployment } from '../deployments/deployments.js'
import type { EndpointRow } from '../schema.js'

/** Writes the OpenAPI document of the queries of an endpoint. `deployment` is absent while none is loaded in this process. */
export type EndpointOpenApi = (row: EndpointRow, deployment: Deployment | undefined) => Promise<object>

/** Writes the metrics of an endpoint in Prometheus' text format. */
export type EndpointMetricsText = (row: EndpointRow) => Promise<string>

/** The document of any endpoint, whatever its models expect in the data fields. */
export const genericOpenApi: EndpointOpenApi = async ({ name, description }) => ({
  openapi: '3.1.0',
  info: { title: name, description, version: '1' },
  paths: {
    [`/serving-endpoints/${name}/invocations`]: {
      post: {
        operationId: 'query',
        requestBody: { required: true, content: { 'application/json': { schema: InvocationInput } } },
        responses: {
          200: {
            description: 'One prediction per row',
            content: {
              'application/json': { schema: { type: 'object', properties: { predictions: {} } } },
            },
          },
        },
      },
    },
  },
})

/** All series of the registry with the label `endpoint`. */
export const metricsTextOf =
  (registry: Registry): EndpointMetricsText =>
  async ({ name }) => {
    const label = `endpoint="${name}"`
    const kept: string[] = []
    let heading: string[] = []
    for (const line of (await registry.metrics()).split('\n')) {
      if (line.startsWith('# HELP')) heading = []
      if (line.startsWith('#')) heading.push(line)
      else if (line.includes(`{${label}`) || line.includes(`,${label}`)) kept.push(...heading.splice(0), line)
    }
    return kept.map((line) => `${line}\n`).join('')
  }
