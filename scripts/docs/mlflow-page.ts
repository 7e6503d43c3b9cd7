import { existsSync, readFileSync } from 'node:fs'
import { DIFFERENCES } from '../../acceptance/golden/differences.js'
import { readRecording } from '../../acceptance/golden/recording.js'
import { root } from '../workspaces.mjs'
import type { EndpointGroup } from './endpoint-group.js'
import { BETTER_ANSWERS } from './mlflow-answers.js'
import { ENDPOINTS } from './mlflow-endpoints.js'
import { servedRoutes, shapeOf } from './served-routes.js'

interface Endpoint {
  readonly method: string
  readonly path: string
}

function endpointOf(line: string): Endpoint {
  const [method, version, path] = line.split(' ') as [string, string, string | undefined]
  return { method, path: path === undefined ? version : `/api/${version}/mlflow/${path}` }
}

const recording = readRecording(new URL('../../acceptance/golden/mlflow-3.11.jsonl.gz', import.meta.url))

const pattern = (path: string, within: string) =>
  path
    .split('/')
    .map((part) => (part === '*' ? '.*' : /^\{.*\}$/.test(part) ? within : part.replaceAll('.', '\\.')))
    .join('/')

/** Exchanges with a real MLflow that are replayed; a literal path wins over one with a parameter. */
function recordedOf(endpoint: Endpoint, literal: ReadonlySet<string>) {
  const expression = new RegExp(`^${pattern(endpoint.path, '[^/]+')}$`)
  return recording.filter(({ method, path }) => {
    const plain = path.replace('/ajax-api/', '/api/').split('?')[0]!
    const asked = endpoint.path.startsWith('/ajax-api/') ? path.split('?')[0]! : plain
    if (method !== endpoint.method || !expression.test(asked)) return false
    return asked === endpoint.path || !literal.has(`${method} ${asked}`)
  })
}

/** The first of some tests whose text names the endpoint; where paths are put together there, the end of its path. */
function testOf({ path }: Endpoint, tests: readonly string[]): string | undefined {
  const below = path.replace(/^\/(?:ajax-)?api\/[23]\.0\/(?:mlflow\/)?/, '')
  const end = below.split('/').findLast((part) => !/^(\*|\{.*\})$/.test(part)) ?? below
  const named = (text: string) => new RegExp(`(?<![\\w-])${pattern(text, '[^\\s/]+')}(?![\\w-]|/\\$\\{|/\\w)`)
  return tests.find(names(named(below))) ?? tests.find(names(named(end)))
}

const names = (expression: RegExp) => (file: string) =>
  expression.test(readFileSync(`${root}/${file}`, 'utf8'))

function rowOf(
  line: string,
  { tests = [], composed = {}, off }: EndpointGroup,
  routes: ReadonlySet<string>,
  literal: ReadonlySet<string>,
): string {
  const endpoint = endpointOf(line)
  const name = `\`${endpoint.method} ${endpoint.path}\``
  if (!routes.has(`${endpoint.method} ${shapeOf(endpoint.path)}`)) return `| ${name} | not served | |`
  const own = composed[line] ?? testOf(endpoint, tests)
  if (off) return `| ${name} | reports that it is off | \`${own}\` |`
  const recorded = recordedOf(endpoint, literal)
  const otherwise = recorded.filter(({ label }) => DIFFERENCES[label]).length
  const status =
    otherwise > 0 ? `served; ${otherwise} of ${recorded.length} answers are Cairn's own` : 'served'
  const replay = recorded.length > 0 ? `\`acceptance/golden.test.ts\` (${recorded.length})` : ''
  return `| ${name} | ${status} | ${[own && `\`${own}\``, replay].filter(Boolean).join(', ')} |`
}

/** @throws when the test or the recorded difference does not exist */
function shownBy(one: string): string {
  if (one.endsWith('.ts')) {
    if (!existsSync(`${root}/${one}`)) throw new Error(`${one} does not exist`)
    return `\`${one}\``
  }
  if (!DIFFERENCES[one]) throw new Error(`the recorded exchange '${one}' is answered as MLflow answers it`)
  return `“${one}”`
}

const TABLE = '| endpoint | status | test |\n|---|---|---|'

/** Renders endpoints with status and test; the status comes from the routes of the services. */
export async function mlflowPage(): Promise<string> {
  const routes = await servedRoutes()
  const literal = new Set(
    Object.values(ENDPOINTS)
      .flatMap((group) => group.endpoints.map(endpointOf))
      .filter(({ path }) => !/[{*]/.test(path))
      .map(({ method, path }) => `${method} ${path}`),
  )
  const sections = Object.entries(ENDPOINTS).map(([noun, group]) => {
    const { endpoints, without } = group
    const rows = endpoints.map((line) => rowOf(line, group, routes, literal))
    const lacks = rows.some((row) => !row.includes('| served'))
    return `## ${noun}\n\n${lacks && without ? `${without}\n\n` : ''}${TABLE}\n${rows.join('\n')}\n`
  })
  const all = sections.join('\n')
  const count = (status: RegExp) => all.match(status)?.length ?? 0
  const answers = BETTER_ANSWERS.map(
    ({ request, mlflow, cairn, shown }) =>
      `| ${request} | ${mlflow} | ${cairn} | ${shown.map(shownBy).join(', ')} |`,
  )
  const differences = Object.entries(DIFFERENCES).map(([label, why]) => `| ${label} | ${why} |`)
  return `# MLflow compatibility

Written by \`npm run docs\` from \`scripts/docs/mlflow-endpoints.ts\` and from the routes of the services: ${count(/ \| served/g)} of the ${count(/^\| `/gm)} endpoints of
MLflow 3.11 and later. Paths under \`/api/…/mlflow\` are served under \`/ajax-api/…/mlflow\` too. The number after
\`acceptance/golden.test.ts\` counts the responses of a real MLflow that are replayed and compared; “Cairn's own” are listed at the end.

${all}
## Better responses

| request | MLflow 3.11 | Cairn | test |
|---|---|---|---|
${answers.join('\n')}

## Every recorded answer that differs, and why

| exchange | why |
|---|---|
${differences.join('\n')}
`
}
