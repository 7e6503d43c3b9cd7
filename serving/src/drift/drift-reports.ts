import type { Blobs } from '@cairn/platform/blobs/blobs'
import { Semaphore } from '@cairn/platform/processes/semaphore'
import type { VersionDrift } from '@cairn/platform/protocol/cairn/serving-drift'
import type { Client } from '@cairn/platform/protocol/client'
import { TemporaryTableCredentials } from '@cairn/platform/protocol/unity/credentials'
import { findDelta } from '@cairn/platform/tables/delta'
import { keyOfTable } from '@cairn/platform/tables/governed-table'
import { scanDelta } from '@cairn/platform/tables/scan'
import type { EndpointConfig } from '../endpoint-state/config.js'
import type { DeploymentStore } from '../endpoint-state/deployment-store.js'
import { withSql } from '../run-sql.js'
import type { EndpointRow } from '../schema.js'
import type { Baseline, Baselines } from './baselines.js'
import { recentFiles } from './recent-files.js'
import {
  type AnswerSource,
  answersOf,
  readAnswers,
  readVersions,
  type ServedVersion,
} from './recorded-answers.js'
import { COMPARED_ANSWERS, FIRST_ANSWERS, versionDrift } from './version-drift.js'

const MAX_AGE_MS = 60_000
const MAX_ENDPOINTS = 100
/** The number of answers of a version that are read, for the figures over time. */
const READ_ANSWERS = 4_000
const READ_DEPLOYMENTS = 100

interface ReportParts {
  readonly baselines: Baselines
  readonly history: DeploymentStore
  readonly blobs: Blobs
  /** Acts as the server. */
  readonly call: Client
  /** Milliseconds on a monotonic clock. */
  readonly now?: () => number
}

interface CachedReport {
  readonly versions: Promise<VersionDrift[]>
  readonly since: number
}

type RecordedEndpoint = Pick<EndpointRow, 'id' | 'name' | 'config'> & { readonly inference_table: string }

/** Computes the drift of endpoints, one at a time and at most once a minute each. */
export class DriftReports {
  readonly #parts: ReportParts
  readonly #now: () => number
  readonly #one = new Semaphore(1)
  readonly #recent = new Map<string, CachedReport>()

  constructor(parts: ReportParts) {
    this.#parts = parts
    this.#now = parts.now ?? (() => performance.now())
  }

  get(endpoint: RecordedEndpoint): Promise<VersionDrift[]> {
    const key = `${endpoint.id} ${endpoint.inference_table}`
    const known = this.#recent.get(key)
    if (known && this.#now() - known.since < MAX_AGE_MS) return known.versions
    if (this.#recent.size >= MAX_ENDPOINTS) this.#recent.clear()
    const versions = this.#one.run(() => this.#compute(endpoint))
    this.#recent.set(key, { versions, since: this.#now() })
    versions.catch(() => this.#recent.delete(key))
    return versions
  }

  async #compute(endpoint: RecordedEndpoint): Promise<VersionDrift[]> {
    const { baselines, blobs, call } = this.#parts
    const { url } = await call(TemporaryTableCredentials, {
      table_id: endpoint.inference_table,
      operation: 'READ',
    })
    const location = keyOfTable(blobs, url)
    const snapshot = await findDelta(blobs, location)
    if (!snapshot) return []
    const answers = answersOf(await scanDelta(blobs, location, recentFiles(snapshot)), endpoint.name)
    const models = await this.#modelsOf(endpoint)
    return withSql(async (run) => {
      const source = { run, answers }
      const reports: VersionDrift[] = []
      for (const served of await readVersions(source)) {
        const model = models.get(served.entity)
        const baseline =
          (model === undefined ? undefined : await baselines.findLogged(model, served.version)) ??
          (await this.#firstAnswers(endpoint.id, served, source))
        const recorded = await readAnswers(source, served, {
          from: 'newest',
          answers: READ_ANSWERS,
          latest: COMPARED_ANSWERS,
          after: baseline?.to,
        })
        reports.push(versionDrift(served, recorded, baseline))
      }
      return reports
    })
  }

  /** Registered models by the names of served entities, also of earlier deployments. */
  async #modelsOf({ id, config }: RecordedEndpoint): Promise<ReadonlyMap<string, string>> {
    const { page } = await this.#parts.history.list(id, READ_DEPLOYMENTS)
    const configs = [...page.toReversed().map((deployment) => deployment.config), config ?? '']
    return new Map(
      configs
        .filter(Boolean)
        .flatMap((json) => (JSON.parse(json) as EndpointConfig).entities)
        .map(({ name, entity_name }) => [name, entity_name]),
    )
  }

  /** The pinned first answers of a version without a logged baseline; undefined while there are too few to pin. */
  async #firstAnswers(
    endpointId: string,
    served: ServedVersion,
    source: AnswerSource,
  ): Promise<Baseline | undefined> {
    const { baselines } = this.#parts
    const pinned = await baselines.findPinned(endpointId, served)
    if (pinned) return pinned
    const selection = { from: 'oldest', answers: FIRST_ANSWERS, latest: FIRST_ANSWERS } as const
    const first = await readAnswers(source, served, selection)
    return first.scores.length < FIRST_ANSWERS ? undefined : baselines.pin(endpointId, served, first)
  }
}
