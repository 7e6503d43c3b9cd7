import { ApiError, messageOf } from '@cairn/platform/errors'
import { Me } from '@cairn/platform/protocol/databricks/identities'
import type { Connection } from '../client/connect.js'
import { plainText } from '../client/plain-text.js'
import { type Finding, ok, problem } from './finding.js'

/** Advice by the names of the checks of `/ready`. */
const ADVICE: Readonly<Record<string, string>> = {
  database: 'Check that it runs, and CAIRN_DATABASE_URL of the server.',
  'artifact store':
    'Check that it runs, and CAIRN_ARTIFACTS_DESTINATION and CAIRN_S3_ENDPOINT of the server.',
  'data folder': 'Free space on its disk: `cairn gc` lists deleted objects that take some.',
  Redis: 'Check that it runs, and CAIRN_REDIS_URL of the server.',
}

/** Checks the server, what it depends on, and the sign-in of this command. */
export async function checkServer({ server, fetch, call, token }: Connection): Promise<Finding[]> {
  const health = await checkHealth(server, fetch)
  if (health.result !== 'ok') return [health]
  return [
    health,
    ...(await checkReadiness(await fetch(`${server}/ready`, {}))),
    ...(await checkSignIn(call, token)),
  ]
}

async function checkHealth(server: string, fetch: Connection['fetch']): Promise<Finding> {
  const answer = await fetch(`${server}/health`, {}).catch(() => undefined)
  if (!answer)
    return problem(
      'server',
      `${server} cannot be reached.`,
      'Start it with `cairn up`, or name another one with --server or CAIRN_SERVER.',
    )
  const text = await plainText(answer).catch(messageOf)
  return answer.ok && text === 'OK'
    ? ok('server', server)
    : problem(
        'server',
        `${server}/health returned ${answer.status}: ${text.slice(0, 200)}`,
        'Check the address and the proxy before it: docs/behind-a-proxy.md.',
      )
}

interface Readiness {
  readonly checks?: readonly string[]
  readonly message?: string
  readonly details?: readonly { readonly checks?: readonly { name: string; reason: string }[] }[]
}

/** A finding for each check of `/ready`. When some fail, the server names only those. */
async function checkReadiness(response: Response): Promise<Finding[]> {
  const text = await response.text()
  const body = asReadiness(text)
  if (response.ok && body?.checks) return body.checks.map((name) => ok(name, 'works for the server'))
  const failed = body?.details?.flatMap(({ checks = [] }) => checks) ?? []
  if (failed.length > 0)
    return failed.map(({ name, reason }) =>
      problem(name, reason, ADVICE[name] ?? 'See the log of the server.'),
    )
  const reason = body?.message ?? `/ready returned ${response.status}: ${text.slice(0, 200)}`
  return [problem('readiness', reason, 'See the log of the server.')]
}

function asReadiness(text: string): Readiness | undefined {
  try {
    return JSON.parse(text) as Readiness
  } catch {
    return undefined
  }
}

/** Empty for a server without accounts, which runs without the catalog. */
async function checkSignIn(call: Connection['call'], token: string | undefined): Promise<Finding[]> {
  try {
    const { userName } = await call(Me, { attributes: 'userName' })
    return [ok('sign-in', `as ${userName}`)]
  } catch (error) {
    if (error instanceof ApiError && error.code === 'ENDPOINT_NOT_FOUND') return []
    const advice = token ? 'Sign in again: `cairn login`.' : 'Sign in with `cairn login`, or set CAIRN_TOKEN.'
    return [problem('sign-in', messageOf(error), advice)]
  }
}
