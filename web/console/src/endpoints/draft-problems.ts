import { RequestError } from '../api/http.js'
import { type DraftEntity, nameOf, percentOf, sumOf } from './draft.js'

/** Why a field is not valid: a key of the translations. */
export type Problem = 'required' | 'name' | 'duplicateName' | 'percent' | 'sum'

/** By the name of the field in a request, such as `served_entities[0].entity_name`. */
export type Problems<T> = Readonly<Record<string, T>>

export const SUM_FIELD = 'traffic_config'
export const entityField = (index: number, field: 'entity_name' | 'entity_version' | 'name') =>
  `served_entities[${index}].${field}`
export const percentField = (index: number) => `traffic_config.routes[${index}]`

const NAME = /^[\w-]{1,255}$/

/** @param name of the endpoint; undefined if it cannot be changed */
export function problemsOf(entities: readonly DraftEntity[], name?: string): Problems<Problem> {
  const names = entities.map(nameOf)
  const problems: [string, Problem | undefined][] = entities.flatMap((entity, index) => [
    [entityField(index, 'entity_name'), entity.model.trim() ? undefined : 'required'],
    [entityField(index, 'entity_version'), entity.version ? undefined : 'required'],
    [entityField(index, 'name'), nameProblem(names, index)],
    [percentField(index), Number.isNaN(percentOf(entity)) ? 'percent' : undefined],
  ])
  problems.push([SUM_FIELD, sumOf(entities) === 100 ? undefined : 'sum'])
  if (name !== undefined) problems.push(['name', NAME.test(name) ? undefined : name ? 'name' : 'required'])
  return Object.fromEntries(problems.filter((entry): entry is [string, Problem] => entry[1] !== undefined))
}

function nameProblem(names: readonly string[], index: number): Problem | undefined {
  const name = names[index]!
  if (!name) return undefined // the model or the version is missing
  if (!NAME.test(name)) return 'name'
  return names.indexOf(name) < index ? 'duplicateName' : undefined
}

/** Only fields of the form: errors about others are shown as a whole. */
const FIELD =
  /'(?:config\.)?(name|served_entities\[\d+\]\.(?:entity_name|entity_version|name)|traffic_config\.routes\[\d+\]|rate_limits|email_notifications\.on_update_(?:success|failure))(?!\w)/

/** The field that an error of the server names, and its message; undefined if it names none of the form. */
export function fieldError(error: unknown): Problems<string> | undefined {
  if (!(error instanceof RequestError)) return undefined
  const { message, code, status } = error
  if (code === 'RESOURCE_ALREADY_EXISTS') return { name: message }
  if (status !== 400) return undefined
  if (message.includes('must add up to 100')) return { [SUM_FIELD]: message }
  const field = FIELD.exec(message)?.[1]
  return field ? { [field]: message } : undefined
}
