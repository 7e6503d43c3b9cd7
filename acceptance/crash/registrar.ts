import { type Api, api } from '../harness/api.js'
import type { Random } from '../harness/random.js'
import { Client } from './client.js'
import type { CrashingServer } from './crashing-server.js'
import { Ledger } from './ledger.js'

const REGISTRY = '/api/2.0/mlflow'
/** All writers share one model and compete for its version numbers. */
export const MODEL = 'crash'

interface Version {
  version: string
  source: string
}

/** Registers versions and moves aliases for one writer, and records the acknowledged results. */
export class Registrar {
  readonly #name: string
  readonly #client: Client
  readonly #random: Random
  /** The version number of each source; undefined until it is acknowledged. */
  readonly versions = new Map<string, string | undefined>()
  readonly ledger = new Ledger()

  constructor(name: string, server: CrashingServer, random: Random) {
    this.#name = name
    this.#client = new Client(server)
    this.#random = random
  }

  get refusals(): readonly string[] {
    return this.#client.refusals
  }

  async work(run: { readonly id: string; readonly artifacts: string }): Promise<void> {
    const known = [...this.versions.values()].filter((version) => version !== undefined)
    if (known.length === 0 || this.#random.next() < 0.5) await this.#register(run)
    else await this.#point(this.#random.pick(known))
  }

  async #register({ id, artifacts }: { readonly id: string; readonly artifacts: string }) {
    const source = `mlflow-artifacts:${artifacts}/${this.#name}-${this.versions.size}`
    this.versions.set(source, undefined)
    const answer = await this.#post('model-versions/create', { name: MODEL, source, run_id: id })
    if (answer) this.versions.set(source, answer.json<{ model_version: Version }>().model_version.version)
  }

  async #point(version: string) {
    const alias = `${this.#name}-${this.#random.int(0, 2)}`
    const acknowledge = this.ledger.set(`alias ${alias}`, version)
    if (await this.#post('registered-models/alias', { name: MODEL, alias, version })) acknowledge()
  }

  #post = (operation: string, body: object) => this.#client.ask('POST', `${REGISTRY}/${operation}`, { body })
}

export const createModel = (url: string) =>
  api(url).post(`${REGISTRY}/registered-models/create`, { name: MODEL })

/** Differences between the registry and the acknowledged writes, one sentence each. */
export async function registryDifferences(api: Api, registrars: readonly Registrar[]): Promise<string[]> {
  const found = await allVersions(api)
  const sent = new Map(registrars.flatMap(({ versions }) => [...versions]))
  const differences: string[] = []
  for (const { version, source } of found)
    if (!sent.has(source)) differences.push(`version ${version} of ${source} exists, but nobody created it`)
  for (const [source, acknowledged] of sent) {
    const numbers = found.filter((one) => one.source === source).map(({ version }) => version)
    if (numbers.length > 1) differences.push(`${source} is registered twice, as ${numbers.join(' and ')}`)
    if (acknowledged !== undefined && numbers[0] !== acknowledged)
      differences.push(`${source} was acknowledged as version ${acknowledged} and is ${numbers[0] ?? 'lost'}`)
  }
  if (new Set(found.map(({ version }) => version)).size < found.length)
    differences.push('a version number exists twice')
  const aliases = await aliasesByWriter(api)
  for (const [writer, { ledger }] of registrars.entries())
    differences.push(...ledger.differences(new Set(), aliases.get(`w${writer}`) ?? new Map()))
  return differences
}

async function allVersions(api: Api): Promise<Version[]> {
  const filter = `name = '${MODEL}'`
  const all: Version[] = []
  let page_token: string | undefined
  do {
    const page = await api.get<{ model_versions?: Version[]; next_page_token?: string }>(
      `${REGISTRY}/model-versions/search`,
      { filter, max_results: 1000, ...(page_token && { page_token }) },
    )
    all.push(...(page.model_versions ?? []))
    page_token = page.next_page_token
  } while (page_token)
  return all
}

async function aliasesByWriter(api: Api) {
  const { registered_model } = await api.get<{
    registered_model: { aliases?: { alias: string; version: string }[] }
  }>(`${REGISTRY}/registered-models/get`, { name: MODEL })
  const found = new Map<string, Map<string, string>>()
  for (const { alias, version } of registered_model.aliases ?? []) {
    const writer = alias.split('-')[0]!
    const ofWriter = found.get(writer) ?? new Map<string, string>()
    found.set(writer, ofWriter.set(`alias ${alias}`, String(version)))
  }
  return found
}
