import { readdirSync } from 'node:fs'
import type { Operation, Right } from '@cairn/platform/protocol/operation'
import { root } from '../workspaces.mjs'

const FOLDER = `${root}/platform/src/protocol`
/** The heading of each folder. Files that belong to none speak a protocol of their own. */
const PROTOCOLS = {
  mlflow: 'MLflow',
  unity: 'Unity Catalog',
  databricks: 'Databricks',
  cairn: 'Cairn',
  '': 'Open Inference',
}

export async function operations(): Promise<Operation[]> {
  const nouns = await Promise.all(Object.keys(PROTOCOLS).map(nounsOf))
  return nouns.flat().flatMap(({ operations }) => operations)
}

/** The operations of each file of a protocol, sorted, because loaders list a module's exports in different orders. */
async function nounsOf(protocol: string): Promise<{ noun: string; operations: Operation[] }[]> {
  const files = readdirSync(`${FOLDER}/${protocol}`).filter(
    (name) => name.endsWith('.ts') && !name.includes('.test.'),
  )
  const nouns = files.sort().map(async (file) => {
    const module = (await import(`${FOLDER}/${protocol}/${file}`)) as Record<string, unknown>
    return {
      noun: file.replace('.ts', ''),
      operations: Object.values(module).filter(isOperation).sort(byRoute),
    }
  })
  return (await Promise.all(nouns)).filter(({ operations }) => operations.length > 0)
}

const byRoute = (a: Operation, b: Operation) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1)

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  'path' in value &&
  'method' in value &&
  'input' in value

const rightText = (right: Right) =>
  typeof right === 'string' ? right : `${right.privilege} on the ${right.on}`

/** Lists the operations and the rights they need; inputs and outputs are in `/openapi.json`, and at `/docs` of a running server. */
export async function apiPage(): Promise<string> {
  const sections = await Promise.all(
    Object.entries(PROTOCOLS).map(async ([protocol, heading]) => {
      const nouns = (await nounsOf(protocol)).map(({ noun, operations }) => {
        const rows = operations.map(
          (op) => `| \`${op.method} ${op.path}\` | ${op.summary} | ${rightText(op.right)} |`,
        )
        return `### ${noun}\n\n| operation | | right |\n|---|---|---|\n${rows.join('\n')}\n`
      })
      return `## ${heading}\n\n${nouns.join('\n')}`
    }),
  )
  return `# API

Written by \`npm run docs\` from \`platform/src/protocol/\`. Shapes of inputs and outputs are in \`/openapi.json\` of a running server, to read at
\`/docs\`. Endpoints under \`/api/2.0/mlflow\` and \`/api/3.0/mlflow\` are served under \`/ajax-api/…\` too.

${sections.join('\n')}`
}
