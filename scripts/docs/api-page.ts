import { readdirSync } from 'node:fs'
import type { Operation, Right } from '@cairn/platform/protocol/operation'
import { root } from '../workspaces.mjs'

/** Every operation, by the file that defines it; sorted, because loaders list a module's exports in different orders. */
export async function operations(): Promise<Map<string, Operation[]>> {
  const files = readdirSync(`${root}/platform/src/protocol`).filter(
    (name) => name.endsWith('.ts') && !name.includes('.test.'),
  )
  const found = new Map<string, Operation[]>()
  for (const file of files.sort()) {
    const module = (await import(`${root}/platform/src/protocol/${file}`)) as Record<string, unknown>
    const values = Object.values(module).filter(isOperation).sort(byRoute)
    if (values.length > 0) found.set(file.replace('.ts', ''), values)
  }
  return found
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
  const sections = Array.from(await operations(), ([noun, ops]) => {
    const rows = ops.map((op) => `| \`${op.method} ${op.path}\` | ${op.summary} | ${rightText(op.right)} |`)
    return `## ${noun}\n\n| operation | | right |\n|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# API

Written by \`npm run docs\` from \`platform/src/protocol/\`. Shapes of inputs and outputs are in \`/openapi.json\` of a running server, to read at
\`/docs\`. Endpoints under \`/api/2.0/mlflow\` and \`/api/3.0/mlflow\` are served under \`/ajax-api/…\` too.

${sections.join('\n')}`
}
