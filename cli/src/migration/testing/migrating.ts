import { createClient, type Fetch } from '@cairn/platform/protocol/client'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { registry } from '@cairn/registry/plugin'
import { tracking } from '@cairn/tracking-server/plugin'
import { Progress } from '../../copying/progress.js'
import type { Source } from '../../copying/sources/source.js'
import { Target } from '../../copying/target/target.js'
import { Ledger } from '../ledger.js'
import type { Migration } from '../migrate.js'

export interface Server {
  readonly served: TestApp
  readonly url: string
  readonly fetch: Fetch
  /** What was asked through `fetch`, by method and path. */
  readonly requests: string[]
}

/** A server that is migrated to or from; over the network, since files are sent in pieces. */
export async function aServer(): Promise<Server> {
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

/** A migration of everything, with artifacts and traces. */
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
