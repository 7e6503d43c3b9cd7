import { createClient, type Fetch } from '@cairn/platform/protocol/client'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { registry } from '@cairn/registry/plugin'
import { tracking } from '@cairn/tracking-server/plugin'
import { Progress } from '../../copying/progress.js'
import type { Source } from '../../copying/sources/source.js'
import { Target } from '../../copying/target/target.js'
import { Ledger } from '../ledger.js'
import type { Migration } from '../migration.js'

export interface Server {
  readonly served: TestApp
  readonly url: string
  readonly fetch: Fetch
  /** The method and path of each request that was sent through `fetch`. */
  readonly requests: string[]
}

/** Starts a server to migrate from or to; it listens on a port, because files are streamed. */
export async function startTestServer(): Promise<Server> {
  const served = await testApp(async (app, context) => {
    await app.register(tracking, { context })
    await app.register(registry, { context })
  })
  const requests: string[] = []
  return {
    served,
    url: await served.app.listen({ port: 0, host: '127.0.0.1' }),
    requests,
    fetch(url, init) {
      requests.push(`${init?.method ?? 'GET'} ${new URL(url).pathname}`)
      return fetch(url, init)
    },
  }
}

/** A migration of everything, including artifacts and traces. */
export function migrationTo({ url: server, fetch }: Server, source: Source): Migration {
  return {
    source,
    target: new Target({ server, fetch, call: createClient(server, { fetch }), token: undefined }),
    ledger: new Ledger(undefined, { from: 'here', server }),
    progress: new Progress(undefined),
    withArtifacts: true,
    withTraces: true,
    experiments: [],
  }
}
