import type { TFunction } from 'i18next'
import type { SearchedKind, SearchHit } from '../api/search.js'
import type { IconName } from '../ui/icon.js'
import { pathOf } from './paths.js'
import type { Visit } from './visits.js'

/** A row of the palette. */
export interface Item {
  readonly key: string
  readonly label: string
  /** Distinguishes it from others of the same name. */
  readonly detail?: string
  readonly icon: IconName
  readonly run: () => void
}

export interface Group {
  readonly key: string
  readonly title: string
  readonly items: readonly Item[]
}

const ICONS: Readonly<Record<SearchedKind, IconName>> = {
  experiment: 'experiments',
  run: 'play',
  logged_model: 'models',
  trace: 'branch',
  model: 'models',
  version: 'models',
  prompt: 'prompts',
  endpoint: 'endpoints',
  job: 'jobs',
  job_run: 'jobs',
  catalog: 'catalog',
  schema: 'folder',
  table: 'table',
  volume: 'volume',
  report: 'reports',
}

type Go = (path: string) => void

/** The hits of a search, a group for each kind. */
export function hitGroups(hits: readonly SearchHit[], go: Go, t: TFunction): Group[] {
  const kinds = [...new Set(hits.map(({ kind }) => kind))]
  return kinds.map((kind) => ({
    key: kind,
    title: t(`palette.kinds.${kind}`),
    items: hits.filter((hit) => hit.kind === kind).map((hit) => hitItem(hit, go, t)),
  }))
}

function hitItem(hit: SearchHit, go: Go, t: TFunction): Item {
  const { kind, id, name, experiment } = hit
  const detail = experiment ?? (name === id || kind === 'version' ? undefined : id)
  return {
    key: `${kind} ${id} ${name}`,
    label: kind === 'version' ? t('palette.version', { name, version: id }) : name || id,
    ...(detail !== undefined && { detail }),
    icon: ICONS[kind],
    run: () => go(pathOf(hit)),
  }
}

export const visitItems = (visits: readonly Visit[], go: Go, t: TFunction): Item[] =>
  visits.map(({ kind, path, title }) => ({
    key: `visit ${path}`,
    label: title,
    detail: t(`palette.kinds.${kind}`),
    icon: ICONS[kind],
    run: () => go(path),
  }))

/** The hits of an earlier text that also match a later one, by their names or the beginnings of their ids. */
export function matchingHits(hits: readonly SearchHit[], text: string): SearchHit[] {
  const isNamed = matcherOf(text)
  return hits.filter(({ id, name }) => isNamed(name) || id.startsWith(text.toLowerCase()))
}

/** Items whose label contains each word. */
export function matching(items: readonly Item[], text: string): Item[] {
  const matches = matcherOf(text)
  return items.filter(({ label }) => matches(label))
}

/** Tests whether a name contains each word of a text. */
function matcherOf(text: string): (name: string) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return (name) => words.every((word) => name.toLowerCase().includes(word))
}
