import type { SearchedKind, SearchHit } from '../api/search.js'

const part = encodeURIComponent

/** The page of an object that a search found. */
export function pathOf({ kind, id, name, experiment_id = '' }: SearchHit): string {
  const experiment = `/experiments/${part(experiment_id)}`
  switch (kind) {
    case 'experiment':
      return `/experiments/${part(id)}`
    case 'run':
      return `${experiment}/runs/${part(id)}`
    case 'logged_model':
      return `${experiment}/models/${part(id)}`
    case 'trace':
      return `${experiment}/traces/${part(id)}`
    case 'model':
      return `/models/${part(name)}`
    case 'version':
      return `/models/${part(name)}/versions/${part(id)}`
    case 'prompt':
      return `/prompts/${part(name)}`
    case 'endpoint':
      return `/endpoints/${part(name)}`
    case 'job':
      return `/jobs/${part(id)}`
    case 'job_run':
      return `/jobs/runs/${part(id)}`
    case 'report':
      return `/reports/${part(id)}`
    case 'volume':
      return `/catalog/volumes/${part(name)}`
    case 'catalog':
    case 'schema':
    case 'table':
      return `/catalog/${part(name)}`
  }
}

/** Pages of objects; the first that matches decides. */
const OBJECTS: readonly (readonly [RegExp, SearchedKind])[] = [
  [/^\/experiments\/[^/]+\/runs\/[^/]+$/, 'run'],
  [/^\/experiments\/[^/]+\/models\/[^/]+$/, 'logged_model'],
  [/^\/experiments\/[^/]+\/traces\/[^/]+$/, 'trace'],
  [/^\/experiments\/[^/]+$/, 'experiment'],
  [/^\/models\/[^/]+\/versions\/[^/]+$/, 'version'],
  [/^\/models\/[^/]+$/, 'model'],
  [/^\/prompts\/[^/]+$/, 'prompt'],
  [/^\/endpoints\/[^/]+$/, 'endpoint'],
  [/^\/jobs\/runs\/[^/]+$/, 'job_run'],
  [/^\/jobs\/(?!new$)[^/]+$/, 'job'],
  [/^\/reports\/(?!new$)[^/]+$/, 'report'],
  [/^\/catalog\/volumes\/[^/]+$/, 'volume'],
  [/^\/catalog\/[^/]+\.[^/]+\.[^/]+$/, 'table'],
  [/^\/catalog\/[^/]+\.[^/]+$/, 'schema'],
  [/^\/catalog\/[^/]+$/, 'catalog'],
]

/** The kind of object that a page shows; undefined for other pages. */
export const kindOfPath = (path: string): SearchedKind | undefined =>
  OBJECTS.find(([pattern]) => pattern.test(path))?.[1]
