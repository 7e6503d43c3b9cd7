import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from './harness/cli.js'
import { isExhaustive } from './harness/effort.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { oldPython, python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'
import { DIFFERENCES } from './mlflow-auth/differences.js'
import { comparable, recorded, replay, withoutAdditions } from './mlflow-auth/replay.js'

const ADMIN = 'granite lantern 42'
const TIMEOUT_MS = 300_000

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-mlflow-auth-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function configured(lines: readonly string[] = []) {
  const path = join(folder, `auth-${Math.random()}.ini`)
  const own = ['default_permission = READ', 'admin_username = admin', `admin_password = ${ADMIN}`]
  const given = lines.map((line) => line.split('=')[0]!.trim())
  const kept = own.filter((line) => !given.includes(line.split('=')[0]!.trim()))
  writeFileSync(path, ['[mlflow]', ...kept, ...lines, ''].join('\n'))
  return { CAIRN_AUTH: 'required', MLFLOW_AUTH_CONFIG_PATH: path, CAIRN_LOG_LEVEL: 'info' }
}

/** MLflow's auth client imports its server, which needs Flask-WTF (`mlflow[auth]`). */
const canImport = (interpreter: string | undefined, modules = 'flask_wtf') => {
  if (!interpreter) return false
  try {
    execFileSync(interpreter, ['-c', `import ${modules}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const asAdmin = { authorization: `Basic ${Buffer.from(`admin:${ADMIN}`).toString('base64')}` }
const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
})

describe("MLflow's users and permissions", () => {
  for (const version of ['3.11', '3.17'] as const)
    test.skipIf(version === '3.11' && !isExhaustive)(
      `answers like a real MLflow ${version}`,
      { timeout: TIMEOUT_MS },
      async () => {
        await using server = await startServer({ env: configured() })
        const answers = await replay(server.url, version, ADMIN)
        const real = recorded(version)
        expect(answers.map(({ step }) => step)).toEqual(real.map(({ step }) => step))
        const different = answers
          .filter((answer, at) => {
            const reference = comparable(real[at]!)
            return !isSame(withoutAdditions(comparable(answer), reference), reference)
          })
          .map(({ step }) => step)
        const known = real.map(({ step }) => step).filter((step) => step in DIFFERENCES)
        expect(different).toEqual(known)
      },
    )

  const clients = [
    ['newest', python],
    ['oldest', isExhaustive ? oldPython : undefined],
  ] as const
  for (const [which, interpreter] of clients)
    test.skipIf(!canImport(interpreter))(
      `serves the ${which} auth client`,
      { timeout: TIMEOUT_MS },
      async () => {
        await using server = await startServer({ env: configured() })
        const said = await runPython(join(root, 'acceptance/clients/mlflow_auth.py'), {
          python: interpreter,
          args: [which],
          env: { CAIRN_URL: server.url, ADMIN_PASSWORD: ADMIN, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0' },
        })
        expect(said.match(/^ok /gm)!.length).toBeGreaterThan(35)
        for (const script of ['mlflow_auth_rights.py', 'mlflow_auth_objects.py']) {
          const rights = await runPython(join(root, 'acceptance/clients', script), {
            python: interpreter,
            args: [which],
            env: { CAIRN_URL: server.url, ADMIN_PASSWORD: ADMIN, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0' },
          })
          expect(rights.match(/^ok /gm)!.length, script).toBeGreaterThan(50)
        }
      },
    )
})

const isSame = (one: unknown, other: unknown) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  )
}

describe("MLflow's auth configuration", () => {
  const refusal = async (lines: readonly string[]) =>
    String(await startServer({ env: configured(lines) }).catch((error: Error) => error.message))

  test('rejects dangerous settings by name', { timeout: TIMEOUT_MS }, async () => {
    expect(await refusal(['authorization_function = mine:check'])).toContain("'authorization_function'")
    expect(await refusal(['default_permission = ALL'])).toContain("Invalid permission 'ALL'")
    expect(await refusal(['admin_password = short'])).toContain("the administrator 'admin'")
  })

  test('creates the administrator once, and names settings without effect', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const data = mkdtempSync(join(folder, 'data-'))
    const env = configured(['database_uri = sqlite:///basic_auth.db', 'colour = blue'])
    const status = async (server: Server, password: string) =>
      (await fetch(`${server.url}/api/2.0/mlflow/users/current`, { headers: basic('admin', password) }))
        .status
    {
      await using server = await startServer({ folder: data, env })
      const log = server.stdout() + server.stderr()
      expect(log).toContain("'database_uri' is not used")
      expect(log).toContain("'colour' is unknown")
      expect(log).not.toContain('The first administrator creates an account here')
      expect(await status(server, ADMIN)).toBe(200)
    }
    const other = configured(['admin_password = another long secret', 'default_permission = NO_PERMISSIONS'])
    await using again = await startServer({ folder: data, env: other })
    expect(await status(again, 'another long secret')).toBe(401)
    expect(await status(again, ADMIN)).toBe(200)
    const signUp = await fetch(`${again.url}/signup`, { redirect: 'manual' })
    expect([signUp.status, signUp.headers.get('location')]).toEqual([302, './#/join'])
  })

  test('accepts no published password, and prints a link that sets another', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const env = configured(['admin_password = password1234'])
    await using server = await startServer({ env })
    const headers = basic('admin', 'password1234')
    expect((await fetch(`${server.url}/api/2.0/mlflow/users/list`, { headers })).status).toBe(401)
    expect(server.stderr()).toMatch(/The administrator sets another here, shown only once: http\S+code=/)
  })
})

describe('a migration of basic-auth', () => {
  const sources = [
    ['newest', python, 'SQLite'],
    ['oldest', isExhaustive ? oldPython : undefined, 'SQLite'],
    ['newest', isExhaustive ? python : undefined, 'PostgreSQL'],
  ] as const
  for (const [which, interpreter, engine] of sources)
    test.skipIf(
      !canImport(interpreter) ||
        (engine === 'PostgreSQL' && !(postgres && canImport(interpreter, 'psycopg2'))),
    )(
      `from the ${which} MLflow on ${engine}: users sign in with their passwords and have their permissions`,
      { timeout: TIMEOUT_MS },
      async () => {
        const at = mkdtempSync(join(folder, 'source-'))
        const store = `sqlite:///${join(at, 'mlflow.db')}`
        const auth =
          engine === 'SQLite'
            ? `sqlite:///${join(at, 'basic_auth.db')}`
            : (await freshPostgres()).replace(/^postgres(ql)?:/, 'postgresql+psycopg2:')
        await runPython(join(root, 'acceptance/mlflow-auth/fill.py'), {
          python: interpreter,
          args: [store, auth],
          cwd: at,
        })
        await using server = await startServer({ env: configured() })
        const args = ['migrate', 'mlflow', '--from', store, '--auth-database', auth]
        const dry = await runCli(server.url, [...args, '--dry-run'], { cwd: at })
        expect(dry.stdout).toMatch(/^users +5$/m)
        const token = await tokenOf(server.url)
        const migrate = () => runCli(server.url, ['--token', token, ...args], { cwd: at })
        const first = await migrate()
        expect(first.stdout, first.stderr).toMatch(/^users +5 +4 +1 +DIFFERENT$/m)
        for (const sentence of [
          "User 'bad/name': Invalid principal name",
          "READ of 'bob' on experiment '999': the experiment was not migrated.",
          "READ of 'ada' on registered_model 'nowhere'",
          "READ of 'bob' on scorer",
          "The administrator 'legacy' has a password that MLflow has published",
        ])
          expect(first.stderr).toContain(sentence)
        expect((await migrate()).stderr).toBe(first.stderr)
        const as = (name: string, password: string) => async (path: string, body?: object) =>
          (
            await fetch(`${server.url}/api/2.0/mlflow/${path}`, {
              headers: { ...basic(name, password), 'content-type': 'application/json' },
              ...(body && { method: 'POST', body: JSON.stringify(body) }),
            })
          ).status
        const ada = as('ada', 'three small stones')
        const bob = as('bob', 'four grey herons')
        const idOf = await experimentIds(server.url)
        const tag = { key: 'k', value: 'v' }
        expect(await as('root', 'seven high dunes')('users/list')).toBe(200)
        expect(await as('legacy', 'password1234')('users/current')).toBe(401)
        expect(await ada('users/list')).toBe(200)
        expect(await ada(`experiments/permissions/get?experiment_id=${idOf('alpha')}&username=bob`)).toBe(200)
        expect(await bob('experiments/set-experiment-tag', { experiment_id: idOf('alpha'), ...tag })).toBe(
          200,
        )
        expect(await bob('registered-models/set-tag', { name: 'movies', ...tag })).toBeGreaterThan(400)
        if (which === 'newest') {
          expect(await bob(`experiments/get?experiment_id=${idOf('beta')}`)).toBe(200)
          expect(await bob('registered-models/get?name=movies')).toBe(404)
        } else expect(await bob(`experiments/get?experiment_id=${idOf('beta')}`)).toBe(404)
        expect(await ada('registered-models/get?name=movies')).toBe(200)
      },
    )
})

async function tokenOf(url: string): Promise<string> {
  const response = await fetch(`${url}/api/2.0/token/create`, {
    method: 'POST',
    headers: { ...asAdmin, 'content-type': 'application/json' },
    body: JSON.stringify({ comment: 'migration' }),
  })
  return ((await response.json()) as { token_value: string }).token_value
}

async function experimentIds(url: string) {
  const response = await fetch(`${url}/api/2.0/mlflow/experiments/search?max_results=100`, {
    headers: asAdmin,
  })
  const { experiments } = (await response.json()) as {
    experiments: { name: string; experiment_id: string }[]
  }
  return (name: string) => experiments.find((one) => one.name === name)!.experiment_id
}
