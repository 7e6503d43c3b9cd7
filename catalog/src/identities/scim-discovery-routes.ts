import { handle } from '@cairn/platform/http/handle'
import {
  GetServiceProviderConfig,
  ListResourceTypes,
  ListScimSchemas,
} from '@cairn/platform/protocol/databricks/identities'
import type { FastifyInstance } from 'fastify'
import { LIST_RESPONSE, SCIM_TYPES } from './scim.js'

const CONFIG = 'urn:ietf:params:scim:schemas:core:2.0'
const unsupported = { supported: false }

const attribute = (name: string, more: object = {}) => ({
  ...{ name, type: 'string', multiValued: false, required: false, caseExact: false },
  ...{ mutability: 'readWrite', returned: 'default', uniqueness: 'none' },
  ...more,
})
const unique = { required: true, uniqueness: 'server' }
const list = (name: string) =>
  attribute(name, {
    ...{ type: 'complex', multiValued: true },
    subAttributes: [attribute('value'), attribute('display', { mutability: 'readOnly' })],
  })
const active = attribute('active', { type: 'boolean' })

const SCHEMAS = [
  {
    ...{ id: SCIM_TYPES.user.schema, name: 'User', description: 'A person' },
    attributes: [
      attribute('userName', unique),
      attribute('displayName'),
      attribute('externalId'),
      active,
      list('emails'),
    ],
  },
  {
    ...{ id: SCIM_TYPES.group.schema, name: 'Group', description: 'A group; groups may be members' },
    attributes: [attribute('displayName', unique), attribute('externalId'), list('members')],
  },
  {
    ...{ id: SCIM_TYPES.service_principal.schema, name: 'ServicePrincipal', description: 'A program' },
    attributes: [
      attribute('applicationId', unique),
      attribute('displayName'),
      attribute('externalId'),
      active,
    ],
  },
].map((schema) => ({ schemas: [`${CONFIG}:Schema`], ...schema }))

const RESOURCE_TYPES = Object.values(SCIM_TYPES).map(({ resource, schema }) => ({
  ...{ schemas: [`${CONFIG}:ResourceType`], id: resource, name: resource, schema },
  endpoint: `/${resource}s`,
}))

const asList = (Resources: readonly object[]) => ({
  schemas: [LIST_RESPONSE],
  totalResults: Resources.length,
  startIndex: 1,
  itemsPerPage: Resources.length,
  Resources: [...Resources],
})

/** The documents with which SCIM clients discover what the server supports. */
export function discoveryRoutes(app: FastifyInstance) {
  handle(app, GetServiceProviderConfig, async () => ({
    schemas: [`${CONFIG}:ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { ...unsupported, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 10_000 },
    changePassword: unsupported,
    sort: { supported: true },
    etag: unsupported,
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Token',
        description: 'A token of a principal with MANAGE IDENTITIES',
      },
    ],
  }))
  handle(app, ListResourceTypes, async () => asList(RESOURCE_TYPES))
  handle(app, ListScimSchemas, async () => asList(SCHEMAS))
}
