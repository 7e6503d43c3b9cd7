import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { unlessMissing } from '@cairn/platform/errors'
import type { GateVerdict } from '@cairn/platform/protocol/cairn/promotions'
import type { Client } from '@cairn/platform/protocol/client'
import { EVALUATION_TAGS } from '@cairn/platform/protocol/mlflow/evaluation'
import { GetRun } from '@cairn/platform/protocol/mlflow/runs'
import type { AliasedVersions } from '../versions/aliased-versions.js'
import type { VersionStore } from '../versions/store.js'
import { checkChallenger, type VersionEvidence } from './checks.js'
import { findPerUser } from './per-user.js'

const NO_EVALUATION = { protocol: undefined, dataDigest: undefined, leakFlags: [], perUser: undefined }

interface GateOptions {
  readonly versions: VersionStore
  readonly aliased: AliasedVersions
  readonly call: Client
  readonly locations: ArtifactLocations
}

/** Decides whether a version may replace the current version of an alias (ADR 7). */
export class Gate {
  readonly #versions: VersionStore
  readonly #aliased: AliasedVersions
  readonly #call: Client
  readonly #locations: ArtifactLocations

  constructor({ versions, aliased, call, locations }: GateOptions) {
    this.#versions = versions
    this.#aliased = aliased
    this.#call = call
    this.#locations = locations
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for an unknown version */
  async evaluate(name: string, version: number, alias: string): Promise<GateVerdict> {
    const current = await this.#aliased.find(name, alias)
    const challenger = await this.#evidence(name, version)
    const champion = current === undefined ? undefined : await this.#evidence(name, current)
    const checks = checkChallenger(challenger, champion)
    const verdict = {
      name,
      version: String(version),
      alias,
      checks,
      passed: checks.every((check) => check.passed),
    }
    return current === undefined ? verdict : { ...verdict, champion_version: String(current) }
  }

  async #evidence(name: string, version: number): Promise<VersionEvidence> {
    const { run_id } = await this.#versions.getRow(name, version)
    const found = run_id ? await this.#call(GetRun, { run_id }).catch(unlessMissing) : undefined
    if (!found) return { version, ...NO_EVALUATION } // no run, a purged run, or a run on another server
    const { run } = found
    const tags = new Map(run.data.tags?.map((tag) => [tag.key, tag.value]))
    return {
      version,
      protocol: tags.get(EVALUATION_TAGS.protocol),
      dataDigest: tags.get(EVALUATION_TAGS.dataDigest),
      leakFlags: parseFlags(tags.get(EVALUATION_TAGS.leakFlags)),
      perUser: await findPerUser(run.info.artifact_uri ?? '', this.#locations),
    }
  }
}

/** Parses a JSON list of strings, or of objects with a message. A malformed tag is itself a leak flag. */
function parseFlags(tag: string | undefined): string[] {
  if (!tag) return []
  try {
    const flags: unknown = JSON.parse(tag)
    if (Array.isArray(flags))
      return flags.map((flag) => (typeof flag === 'string' ? flag : (flag?.message ?? JSON.stringify(flag))))
  } catch {
    // reported below, like JSON that is not a list
  }
  return [`the tag ${EVALUATION_TAGS.leakFlags} is not a JSON list`]
}
