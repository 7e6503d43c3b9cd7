import type { TraceInfo } from '../api/traces.js'
import type { Vocabulary } from './filter-completion.js'
import { traceName, validAssessments } from './trace-values.js'

const MAX_TRACES = 500

/** The names that the first loaded traces have, for completion. */
export function vocabularyOf(rows: readonly TraceInfo[]): Vocabulary {
  const first = rows.slice(0, MAX_TRACES)
  const assessments = first.flatMap(validAssessments)
  const distinct = (words: readonly string[]) => [...new Set(words)].sort()
  const namesOf = (kind: 'feedback' | 'expectation') =>
    distinct(assessments.filter((one) => one[kind]).map(({ assessment_name }) => assessment_name))
  return {
    tags: distinct(first.flatMap(({ tags }) => Object.keys(tags ?? {}))),
    metadata: distinct(first.flatMap(({ trace_metadata }) => Object.keys(trace_metadata ?? {}))),
    feedback: namesOf('feedback'),
    expectations: namesOf('expectation'),
    names: distinct(first.map(traceName)),
  }
}
