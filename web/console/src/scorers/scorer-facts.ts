import { parseObject } from '../datasets/used-dataset.js'

export type ScorerKind = 'judge' | 'builtin' | 'code' | 'other'

export interface ScorerFacts {
  readonly kind: ScorerKind
  /** The class of a built-in scorer, or of one of another library. */
  readonly className: string | undefined
  readonly description: string | undefined
  /** The model that judges; absent for the default one of the client. */
  readonly model: string | undefined
  readonly instructions: string | undefined
  readonly guidelines: readonly string[]
  /** The Python of a scorer in code. */
  readonly code: string | undefined
  /** True if it scores whole sessions. */
  readonly ofSessions: boolean
}

type Json = Readonly<Record<string, unknown>>

const text = (value: unknown) => (typeof value === 'string' && value.trim() ? value : undefined)
const object = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

/** Reads a scorer as mlflow serializes it. Fields of other types count as absent. */
export function scorerFacts(serialized: string): ScorerFacts {
  const scorer: Json = parseObject(serialized)
  const judge = judgeOf(scorer)
  const builtin = text(scorer.builtin_scorer_class)
  const code = codeOf(scorer)
  const guidelines = judge?.guidelines
  const wrapped = object(scorer.third_party_scorer_data)
  return {
    kind: builtin ? 'builtin' : judge ? 'judge' : code ? 'code' : 'other',
    className: builtin ?? text(wrapped?.class),
    code,
    description: text(scorer.description),
    model: text((judge ?? wrapped)?.model),
    instructions: text(judge?.instructions),
    guidelines: [guidelines].flat().flatMap((one) => text(one) ?? []),
    ofSessions: scorer.is_session_level_scorer === true,
  }
}

/** The settings of a judge; those below the memory of one that is aligned. */
function judgeOf(scorer: Json): Json | undefined {
  const base = object(object(scorer.memory_augmented_judge_data)?.base_judge)
  return (
    object(scorer.instructions_judge_pydantic_data) ??
    object(scorer.builtin_scorer_pydantic_data) ??
    (base && judgeOf(base))
  )
}

function codeOf(scorer: Json): string | undefined {
  const body = text(scorer.call_source)
  if (!body) return undefined
  const name = text(scorer.original_func_name) ?? text(scorer.name) ?? 'scorer'
  const indented = body.split('\n').map((line) => (line ? `    ${line}` : line))
  return [`def ${name}${text(scorer.call_signature) ?? '()'}:`, ...indented].join('\n')
}
