import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../harness/root.js'

type Json = Record<string, unknown>
export type MlflowVersion = '3.11' | '3.17'

interface Step {
  readonly name: string
  readonly call: string
  readonly body: Json
  /** The user, optionally with a colon and another password; default: the administrator. */
  readonly as?: string
  readonly versions?: readonly MlflowVersion[]
  /** Passwords that are valid from this step on. */
  readonly sets?: Record<string, string>
  /** Parts of the answer that later steps send, by name. */
  readonly saves?: Record<string, string>
}

export interface Answer {
  readonly step: string
  readonly status: number
  readonly answer: unknown
}

const file = (name: string) => readFileSync(join(root, 'acceptance/mlflow-auth', name), 'utf8')

/** The answers of a real MLflow server to the steps, recorded by `record.py`. */
export const recorded = (version: MlflowVersion): Answer[] =>
  file(`mlflow-${version}.jsonl`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer)

/** Sends the steps to a server whose administrator is `admin`. */
export async function replay(url: string, version: MlflowVersion, adminPassword: string): Promise<Answer[]> {
  const passwords: Record<string, string> = { admin: adminPassword }
  const saved: Json = {}
  const answers: Answer[] = []
  const filled = (value: unknown) =>
    typeof value === 'string' && /^\{.+\}$/.test(value) ? saved[value.slice(1, -1)] : value
  const steps = (JSON.parse(file('steps.json')) as Step[]).filter(
    ({ versions }) => !versions || versions.includes(version),
  )
  for (const { name, call, body, as = 'admin', sets, saves = {} } of steps) {
    const [method, path] = call.split(' ') as [string, string]
    const [user, password] = as.split(':') as [string, string | undefined]
    const input = Object.fromEntries(Object.entries(body).map(([key, value]) => [key, filled(value)]))
    const query = method === 'GET' ? `?${new URLSearchParams(input as Record<string, string>)}` : ''
    const credentials = Buffer.from(`${user}:${password ?? passwords[user]}`).toString('base64')
    const response = await fetch(`${url}${path}${query}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(user !== 'nobody' && { authorization: `Basic ${credentials}` }),
      },
      ...(method !== 'GET' && { body: JSON.stringify(input) }),
    })
    if (response.ok) Object.assign(passwords, sets)
    const answer = (await response.json()) as Json
    for (const [key, keys] of Object.entries(saves))
      saved[key] = keys.split('.').reduce<unknown>((value, part) => (value as Json)[part], answer)
    answers.push({ step: name, status: response.status, answer })
  }
  return answers
}

/** Fields whose values differ between servers. */
const OWN =
  /^(id|user_id|role_id|experiment_id|artifact_location|.*_time(stamp)?|last_updated_timestamp|workspace)$/

/** The parts of an answer that MLflow's clients read, without ids, times and the database's messages in errors. */
export function comparable({ status, answer }: Answer): unknown {
  if (typeof answer === 'string') return { status }
  const { error_code, message } = answer as Json
  if (error_code !== undefined)
    return {
      status,
      ...(status !== 403 && status !== 401 && { error_code, message: wordsOf(String(message)) }),
    }
  return { status, answer: neutral(withoutWorkspace(answer as Json)) }
}

/** Since 3.12, experiments name their workspace. */
function withoutWorkspace(answer: Json): Json {
  if (!('experiment' in answer)) return answer
  const { workspace: _, ...experiment } = answer.experiment as Json
  return { ...answer, experiment }
}

const wordsOf = (message: string) => message.replace(/ Error: [\s\S]*/, '').replace(/(_id|id)=\d+/g, '$1=N')

function neutral(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(neutral)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, one]) => [
    key,
    OWN.test(key) || (key === 'resource_pattern' && /^\d+$/.test(String(one))) ? `<${key}>` : neutral(one),
  ])
  return Object.fromEntries(members)
}

/** `answer` without members that `reference` lacks. */
export function withoutAdditions(answer: unknown, reference: unknown): unknown {
  if (Array.isArray(answer) && Array.isArray(reference))
    return answer.map((one, at) => withoutAdditions(one, reference[at]))
  if (typeof answer !== 'object' || answer === null || typeof reference !== 'object' || reference === null)
    return answer
  const kept = Object.entries(answer).filter(([key]) => key in reference)
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutAdditions(one, (reference as Json)[key])]))
}
