import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { AnyJson, Empty, Enum, Required } from '../wire.js'

const BASE = '/api/3.0/mlflow/traces/{trace_id}/assessments'

export const AssessmentSourceType = Enum({ SOURCE_TYPE_UNSPECIFIED: 0, HUMAN: 1, LLM_JUDGE: 2, CODE: 3 })
export type AssessmentSourceType = Static<typeof AssessmentSourceType>

export const AssessmentError = Type.Object({
  error_code: Type.Optional(Type.String()),
  error_message: Type.Optional(Type.String()),
  stack_trace: Type.Optional(Type.String()),
})
export type AssessmentError = Static<typeof AssessmentError>

export const Feedback = Type.Object({
  value: Type.Optional(AnyJson()),
  error: Type.Optional(AssessmentError),
})

export const Expectation = Type.Object({
  /** A string, number or boolean; lists and objects are serialized. */
  value: Type.Optional(AnyJson()),
  serialized_value: Type.Optional(
    Type.Object({
      serialization_format: Type.Optional(Type.String()),
      value: Type.Optional(Type.String()),
    }),
  ),
})

/** An assessment of a trace or of one of its spans: feedback, an expectation, or a reference to an issue. */
export const Assessment = Type.Object({
  assessment_id: Type.Optional(Type.String({ maxLength: 50 })),
  assessment_name: Type.String({ maxLength: 250 }),
  trace_id: Type.Optional(Type.String()),
  span_id: Type.Optional(Type.String({ maxLength: 50 })),
  source: Type.Optional(
    Type.Object({
      source_type: Type.Optional(AssessmentSourceType),
      source_id: Type.Optional(Type.String({ maxLength: 250 })),
    }),
  ),
  /** RFC 3339. */
  create_time: Type.Optional(Type.String()),
  last_update_time: Type.Optional(Type.String()),
  feedback: Type.Optional(Feedback),
  expectation: Type.Optional(Expectation),
  issue: Type.Optional(Type.Object({ issue_name: Required() })),
  rationale: Type.Optional(Type.String()),
  metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** Id of the assessment that this one replaces. */
  overrides: Type.Optional(Type.String({ maxLength: 50 })),
  valid: Type.Optional(Type.Boolean()),
})
export type Assessment = Static<typeof Assessment>

const Answer = Type.Object({ assessment: Assessment })
const ThisAssessment = { trace_id: Required(), assessment_id: Required() }

export const CreateAssessment = operation({
  id: 'createAssessment',
  method: 'POST',
  path: BASE,
  summary: 'Create an assessment of a trace',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ trace_id: Required(), assessment: Assessment }),
  output: Answer,
})

export const GetAssessment = operation({
  id: 'getAssessment',
  method: 'GET',
  path: `${BASE}/{assessment_id}`,
  summary: 'Get an assessment of a trace',
  right: READ_EXPERIMENTS,
  input: Type.Object(ThisAssessment),
  output: Answer,
})

export const UpdateAssessment = operation({
  id: 'updateAssessment',
  method: 'PATCH',
  path: `${BASE}/{assessment_id}`,
  summary: 'Update the fields of an assessment that are in the mask',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    ...ThisAssessment,
    assessment: Type.Partial(Assessment),
    update_mask: Required({ description: 'Comma-separated names of fields' }),
  }),
  output: Answer,
})

export const DeleteAssessment = operation({
  id: 'deleteAssessment',
  method: 'DELETE',
  path: `${BASE}/{assessment_id}`,
  summary: 'Delete an assessment; the one that it replaced becomes valid again',
  right: EDIT_EXPERIMENTS,
  input: Type.Object(ThisAssessment),
  output: Empty,
})
