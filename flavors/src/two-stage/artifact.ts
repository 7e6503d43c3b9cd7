import { invalid } from '@cairn/platform/errors'
import type { LoadMember } from '../flavor.js'
import { type ModelFiles, readModelFile, readModelJson } from '../mlmodel/model-folder.js'
import {
  type LoadedMember,
  type MemberFiles,
  memberFiles,
  readMembers,
} from '../recommender/member-folders.js'
import {
  type RecommenderTables,
  readRecommenderTables,
  recommenderFiles,
} from '../recommender/recommender-folder.js'
import type { XgboostModel } from '../xgboost/model.js'
import { readXgboost } from '../xgboost/read.js'
import { xgboostUbj } from '../xgboost/write.js'
import type { Plan, View } from './plan.js'
import type { Traits } from './traits.js'
import { readTraits, TRAITS_FILE, writeTraits } from './traits-file.js'

/** A stored two-stage ranker: member models that propose candidates, and boosted trees that rank them. */
export interface TwoStageModel extends RecommenderTables {
  readonly members: readonly MemberFiles[]
  readonly plan: Plan
  readonly traits: Traits
  /** Number of candidates that each member proposes. */
  readonly depth: number
  readonly booster: XgboostModel
  /** Training parameters, for information. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Id of the protocol that the model was evaluated with. */
  readonly protocol?: string
}

const FORMAT = 'cairn.two-stage'
const FORMAT_VERSION = 1
const MANIFEST_FILE = 'two-stage.json'
const TREES_FILE = 'model.ubj'
const MAX_DEPTH = 100_000

/**
 * Writes a model folder of the flavors `two-stage` and `xgboost`: `mlflow.xgboost.load_model` loads the trees, whose
 * features `plan` defines. `metadata` is copied to MLmodel.
 */
export function twoStageFiles(model: TwoStageModel, metadata?: Record<string, unknown>): ModelFiles {
  const { items, users, members, plan, traits, depth, booster, parameters, protocol } = model
  const manifest = {
    format: FORMAT,
    format_version: FORMAT_VERSION,
    plan,
    depth,
    trees: TREES_FILE,
    counts: { items: items.ids.length, users: users?.ids.length ?? null },
    parameters,
    protocol: protocol ?? null,
  }
  const files = {
    [MANIFEST_FILE]: `${JSON.stringify(manifest, null, 2)}\n`,
    [TREES_FILE]: xgboostUbj(booster),
    [TRAITS_FILE]: writeTraits(items.ids, traits),
    ...memberFiles(members),
  }
  const xgboost = {
    code: null,
    data: TREES_FILE,
    model_class: 'xgboost.core.Booster',
    model_format: 'ubj',
    xgb_version: booster.version.join('.'),
  }
  return recommenderFiles(
    { items, ...(users && { users }) },
    {
      files,
      flavors: {
        'two-stage': { data: MANIFEST_FILE, trees: TREES_FILE, format_version: FORMAT_VERSION },
        xgboost,
      },
      requirements: ['xgboost', 'numpy', 'pyarrow'],
      ...(metadata && { metadata }),
    },
  )
}

/**
 * Reads an untrusted folder.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file or member and the problem
 */
export async function readTwoStage(folder: string, loadMember: LoadMember) {
  const { plan, depth } = parseManifest(await readModelJson(folder, MANIFEST_FILE))
  const tables = await readRecommenderTables(folder)
  const { ids } = tables.table.items
  const traits = readTraits(await readModelFile(folder, TRAITS_FILE), ids, plan)
  const booster = readXgboost(await readModelFile(folder, TREES_FILE), TREES_FILE)
  const members: readonly LoadedMember[] = await readMembers(folder, plan.members, ids, loadMember)
  return { ...tables, plan, depth, traits, booster, members }
}

function parseManifest(manifest: Record<string, unknown>): { plan: Plan; depth: number } {
  const { format, format_version: version, plan, depth } = manifest
  if (format !== FORMAT || version !== FORMAT_VERSION)
    throw invalid(
      `${MANIFEST_FILE}: must be '${FORMAT}' of format_version ${FORMAT_VERSION}, ` +
        `got ${JSON.stringify(format)} of ${JSON.stringify(version)}`,
    )
  if (!Number.isInteger(depth) || (depth as number) < 1 || (depth as number) > MAX_DEPTH)
    throw invalid(`${MANIFEST_FILE}: depth must be an integer from 1 to ${MAX_DEPTH}`)
  return { plan: parsePlan(plan), depth: depth as number }
}

function parsePlan(plan: unknown): Plan {
  if (typeof plan !== 'object' || plan === null) throw invalid(`${MANIFEST_FILE}: plan must be an object`)
  const { members, views, numbers, gaps, labels } = plan as Record<string, unknown>
  return {
    members: parseNames('members', members),
    views: parseViews(views),
    numbers: parseNames('numbers', numbers),
    gaps: parseNames('gaps', gaps),
    labels: parseNames('labels', labels),
  }
}

const MAX_NAMES = 1000

function parseNames(field: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_NAMES || !value.every((name) => typeof name === 'string'))
    throw invalid(`${MANIFEST_FILE}: plan.${field} must be a list of names`)
  return value
}

function parseViews(value: unknown): readonly View[] {
  const isView = (view: unknown): view is View => {
    const { member, latest } = (view ?? {}) as Record<string, unknown>
    return typeof member === 'string' && Number.isInteger(latest) && (latest as number) > 0
  }
  if (!Array.isArray(value) || value.length > MAX_NAMES || !value.every(isView))
    throw invalid(`${MANIFEST_FILE}: plan.views must be a list of {member, latest}`)
  return value.map(({ member, latest }) => ({ member, latest }))
}
