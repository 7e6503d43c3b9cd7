import { join } from 'node:path'
import { expect, test } from 'vitest'
import { api } from './harness/api.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { freshS3, s3 } from './harness/s3.js'
import { startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'

const UNITY = '/api/2.1/unity-catalog'

test.skipIf(!s3 || !python)(
  'polars and deltalake read and write tables of a server whose store is below a prefix of a bucket',
  async () => {
    const store = freshS3()
    await using server = await startServer({ args: ['--artifacts-destination', store.uri], env: store.env })
    const { post, patch } = api(server.url)
    await post(`${UNITY}/catalogs`, { name: 'lake' })
    await post(`${UNITY}/schemas`, { name: 'notes', catalog_name: 'lake' })
    for (const displayName of ['writer', 'reader'])
      await post('/api/2.0/preview/scim/v2/ServicePrincipals', { displayName })
    const allow = (securable: string, principal: string, add: string[]) =>
      patch(`${UNITY}/permissions/${securable}`, { changes: [{ principal, add }] })
    for (const principal of ['writer', 'reader']) {
      await allow('catalog/lake', principal, ['USE CATALOG'])
      await allow('schema/lake.notes', principal, ['USE SCHEMA'])
    }
    await allow('schema/lake.notes', 'writer', ['CREATE TABLE'])
    const env = {
      ...{ CAIRN_URL: server.url, CAIRN_SCHEMA: 'lake.notes', CAIRN_READER: 'reader' },
      CAIRN_WRITER_TOKEN: await tokenOf(server.url, 'writer'),
      CAIRN_READER_TOKEN: await tokenOf(server.url, 'reader'),
    }
    const printed = await runPython(join(root, 'acceptance/clients/gateway_tables.py'), { env })
    expect(printed.match(/^ok /gm)).toHaveLength(14)
  },
)
