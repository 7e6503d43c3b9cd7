import type { Column, Signature } from '@cairn/flavors/mlmodel/signature'
import {
  cellSchema,
  type JsonSchema,
  listsSchema,
  paramsSchema,
  rowSchema,
  tensorSchema,
} from './column-schema.js'

export interface EndpointDescription {
  readonly name: string
  readonly description?: string
  /** The URL that queries are sent to. */
  readonly url: string
  readonly signature?: Signature
  /** A request body in one of the JSON forms, such as the `serving_input_example.json` of the model. */
  readonly inputExample?: unknown
}

/** Returns the OpenAPI 3.1 document of one endpoint, with the types of its model's signature. */
export function openApiDocument({
  name,
  description,
  url,
  signature,
  inputExample,
}: EndpointDescription): JsonSchema {
  const { origin, pathname } = new URL(url)
  return {
    openapi: '3.1.0',
    info: { title: name, version: '1', ...(description && { description }) },
    servers: [{ url: origin }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
    paths: {
      [pathname]: {
        post: {
          operationId: 'query',
          summary: `Query ${name}`,
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: requestSchema(signature),
                ...(inputExample !== undefined && { example: inputExample }),
              },
              'text/csv': { schema: { type: 'string', description: 'A header and one line for each row.' } },
            },
          },
          responses: { 200: predictionsResponse(signature), ...errorResponses() },
        },
      },
    },
  }
}

const FORMS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs']

function requestSchema(signature: Signature | undefined): JsonSchema {
  const { params } = signature ?? {}
  return {
    type: 'object',
    properties: {
      ...formSchemas(signature?.inputs ?? []),
      ...(params && { params: paramsSchema(params) }),
      client_request_id: { type: 'string' },
    },
    oneOf: FORMS.map((form) => ({ required: [form] })),
  }
}

function formSchemas(columns: readonly Column[]): JsonSchema {
  const isNamed = columns.length > 0 && columns.every(({ name }) => name !== undefined)
  const isTensor = columns.every(({ type }) => type === 'tensor')
  const row = isNamed && !isTensor ? rowSchema(columns) : { type: 'object' }
  const rows = { type: 'array', items: row }
  return {
    dataframe_split: splitSchema(columns),
    dataframe_records: rows,
    instances: isNamed && !isTensor ? rows : { type: 'array' },
    inputs: isNamed
      ? { anyOf: isTensor ? [listsSchema(columns)] : [listsSchema(columns), row, rows] }
      : unnamedInputsSchema(columns),
  }
}

function unnamedInputsSchema(columns: readonly Column[]): JsonSchema {
  const [only, second] = columns
  return only?.type === 'tensor' && !second ? tensorSchema(only) : {}
}

function splitSchema(columns: readonly Column[]): JsonSchema {
  const names = columns.flatMap(({ name }) => (name === undefined ? [] : [name]))
  return {
    type: 'object',
    properties: {
      columns: {
        type: 'array',
        items: { type: ['string', 'integer'] },
        ...(names.length > 0 && { examples: [names] }),
      },
      index: { type: 'array' },
      data: { type: 'array', description: 'Rows with one value for each column.' },
    },
    required: ['data'],
    additionalProperties: false,
  }
}

function predictionsResponse(signature: Signature | undefined): JsonSchema {
  return {
    description: 'One prediction for each row, or the tensors of the model by name.',
    headers: {
      'served-model-name': {
        description: 'The served entity that responded.',
        schema: { type: 'string' },
      },
    },
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { predictions: predictionsSchema(signature?.outputs ?? []) },
          required: ['predictions'],
        },
      },
    },
  }
}

function predictionsSchema(columns: readonly Column[]): JsonSchema {
  const [first, second] = columns
  if (!first) return {}
  if (first.name === undefined && !second)
    return first.type === 'tensor' ? tensorSchema(first) : { type: 'array', items: cellSchema(first) }
  if (columns.some(({ name }) => name === undefined)) return {}
  // A graph returns a data frame for a data frame, and tensors for other requests.
  if (first.type === 'tensor')
    return { anyOf: [listsSchema(columns), { type: 'array', items: { type: 'object' } }] }
  return { type: 'array', items: rowSchema(columns) }
}

const ERRORS = {
  400: 'The input does not match the signature; the message names the field.',
  401: 'The token is missing or not valid.',
  403: 'The caller may not query the endpoint.',
  404: 'The endpoint does not exist.',
  413: 'The body is too large.',
  415: 'The Content-Type or Content-Encoding is not supported.',
  429: 'A rate limit is exceeded; retry after the time in Retry-After.',
  503: 'The endpoint is busy or not ready; retry after the time in Retry-After.',
  504: 'The model did not respond in time.',
}

const ERROR_SCHEMA = {
  type: 'object',
  properties: { error_code: { type: 'string' }, message: { type: 'string' } },
  required: ['error_code', 'message'],
}

const errorResponses = (): JsonSchema =>
  Object.fromEntries(
    Object.entries(ERRORS).map(([status, description]) => [
      status,
      { description, content: { 'application/json': { schema: ERROR_SCHEMA } } },
    ]),
  )
