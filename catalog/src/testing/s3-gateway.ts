import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import {
  type TemporaryCredentials,
  TemporaryTableCredentials,
} from '@cairn/platform/protocol/unity/credentials'
import type { TestDatabase } from '@cairn/platform/testing/databases'
import {
  type Actor,
  aCatalog,
  addressedAs,
  aSchema,
  aTable,
  type TestCatalog,
  testCatalog,
} from './catalog.js'

/**
 * Starts the S3 gateway with two tables, and a principal with SELECT on the first. The store is a disk under the address of a
 * bucket, so that no S3 server is needed.
 */
export class TestS3Gateway {
  readonly #database: TestDatabase
  server!: TestCatalog
  /** The URL of the server, with its port. */
  address!: string
  /** The ids of the tables `main.s.mine` and `main.s.other`, with the same three objects each. */
  mine!: string
  other!: string
  ada!: Actor
  /** Milliseconds, added to the server's time. */
  readonly clock = { offset: 0 }
  /** Every write to the store. */
  readonly puts: Promise<unknown>[] = []

  constructor(database: TestDatabase) {
    this.#database = database
  }

  async start(): Promise<void> {
    const { puts, clock } = this
    this.server = await testCatalog(this.#database, {
      store: (own) => {
        const put: typeof own.put = (...args) => {
          const done = own.put(...args)
          puts.push(done)
          return done
        }
        return Object.assign(addressedAs(own, 's3://lake/warehouse'), { put })
      },
      now: () => Date.now() + clock.offset,
    })
    const { app, context, owner } = this.server
    this.address = await app.listen({ port: 0, host: '127.0.0.1' })
    await aCatalog(owner, 'main')
    await aSchema(owner, 'main.s')
    this.mine = (await aTable(owner, 'main.s.mine')).table_id
    this.other = (await aTable(owner, 'main.s.other')).table_id
    for (const id of [this.mine, this.other])
      for (const name of ['_delta_log/00000000000000000000.json', 'a b+c.parquet', 'part/x=1/d.parquet'])
        await context.blobs.put(`tables/${id}/${name}`, Buffer.from(`${id} ${name}`))
  }

  /** Resets the clock, and creates another principal. */
  async reset(): Promise<void> {
    this.clock.offset = 0
    this.ada = await this.server.actor()
    await this.server.grant(this.ada.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    await this.server.grant(this.ada.principal, 'table', 'main.s.mine', 'SELECT')
  }

  async close(): Promise<void> {
    await this.server?.close()
  }

  keys(operation: 'READ' | 'READ_WRITE' = 'READ'): Promise<TemporaryCredentials> {
    return this.ada.as(TemporaryTableCredentials, { table_id: this.mine, operation })
  }

  clientOf({ aws_temp_credentials }: TemporaryCredentials, more: S3ClientConfig = {}): S3Client {
    const { access_key_id, secret_access_key, session_token } = aws_temp_credentials
    return new S3Client({
      endpoint: `${this.address}/api/cairn/v1/s3`,
      forcePathStyle: true,
      region: 'us-east-1',
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      credentials: {
        accessKeyId: access_key_id,
        secretAccessKey: secret_access_key,
        sessionToken: session_token,
      },
      ...more,
    })
  }

  /** The bucket and the key of an object of a table. */
  at(name: string, id = this.mine): { Bucket: string; Key: string } {
    return { Bucket: 'lake', Key: `warehouse/tables/${id}/${name}` }
  }
}

/** The name of the error of a refused call. */
export const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'allowed',
    (error) => error.name,
  )
