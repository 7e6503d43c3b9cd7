import { type MatrixRequest, query } from './requests.js'
import type { Creator } from './worlds.js'

/** A scope with a secret. */
export interface SecretWorld {
  readonly scope: string
}
type Row = (w: SecretWorld) => MatrixRequest

const SECRETS = '/api/2.0/secrets'

const post = (path: string, more: object = {}): [string, Row] => [
  `POST ${SECRETS}${path}`,
  ({ scope }) => ({ url: `${SECRETS}${path}`, body: { scope, ...more } }),
]
const get = (path: string, more: Readonly<Record<string, string>> = {}): [string, Row] => [
  `GET ${SECRETS}${path}`,
  ({ scope }) => query(`${SECRETS}${path}`, { scope, ...more }),
]

/** A request of every route on scopes of secrets. */
export const SECRET_REQUESTS: Readonly<Record<string, Row>> = {
  [`GET ${SECRETS}/scopes/list`]: () => ({ url: `${SECRETS}/scopes/list` }),
  ...Object.fromEntries([
    post('/scopes/delete'),
    post('/put', { key: 'other', string_value: 'canary of a value' }),
    get('/get', { key: 'token' }),
    get('/list'),
    post('/delete', { key: 'token' }),
    post('/acls/put', { principal: 'none-person', permission: 'READ' }),
    get('/acls/get', { principal: 'read-person' }),
    get('/acls/list'),
    post('/acls/delete', { principal: 'read-person' }),
  ]),
}

/** Creates a scope with a secret, which `read-person` may read. */
export async function createSecretWorld(
  { send }: Pick<Creator, 'send'>,
  scope: string,
): Promise<SecretWorld & Readonly<Record<string, string>>> {
  await send('POST', { url: `${SECRETS}/scopes/create`, body: { scope } })
  await send('POST', { url: `${SECRETS}/put`, body: { scope, key: 'token', string_value: scope } })
  const acl = { scope, principal: 'read-person', permission: 'READ' }
  await send('POST', { url: `${SECRETS}/acls/put`, body: acl })
  return { scope }
}
