import type { Assessment } from '../api/traces.js'

/** An assessment that counts, with those that it replaced, the latest first. */
export interface AssessmentGroup {
  readonly assessment: Assessment
  readonly history: readonly Assessment[]
}

/** Follows what each valid assessment overrides. A replaced one without a known successor stands alone. */
export function groupAssessments(assessments: readonly Assessment[]): AssessmentGroup[] {
  const byId = new Map(assessments.map((one) => [one.assessment_id, one]))
  const used = new Set<Assessment>()
  const groupOf = (assessment: Assessment): AssessmentGroup => {
    const history: Assessment[] = []
    used.add(assessment)
    for (
      let before = byId.get(assessment.overrides);
      before && !used.has(before);
      before = byId.get(before.overrides)
    ) {
      used.add(before)
      history.push(before)
    }
    return { assessment, history }
  }
  const valid = assessments.filter(({ valid }) => valid !== false).map(groupOf)
  const rest = assessments.filter((one) => !used.has(one)).map((one) => ({ assessment: one, history: [] }))
  return [...valid, ...rest]
}
