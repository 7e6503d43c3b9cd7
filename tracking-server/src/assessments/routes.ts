import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import {
  CreateAssessment,
  DeleteAssessment,
  GetAssessment,
  UpdateAssessment,
} from '@cairn/platform/protocol/mlflow/assessments'
import type { FastifyPluginAsync } from 'fastify'
import type { AssessmentStore } from './store.js'

interface Options {
  readonly assessments: AssessmentStore
}

export const assessmentRoutes: FastifyPluginAsync<Options> = async (app, { assessments }) => {
  handle(app, CreateAssessment, async ({ trace_id, assessment }) => ({
    assessment: await assessments.create(trace_id, assessment),
  }))
  handle(app, GetAssessment, async ({ trace_id, assessment_id }) => ({
    assessment: await assessments.get(trace_id, assessment_id),
  }))
  handle(app, UpdateAssessment, async ({ trace_id, assessment_id, assessment, update_mask }) => ({
    assessment: await assessments.update(trace_id, assessment_id, assessment, fieldsOf(update_mask)),
  }))
  handle(app, DeleteAssessment, ({ trace_id, assessment_id }) =>
    emptyResponse(assessments.delete(trace_id, assessment_id)),
  )
}

/** Parses a protobuf FieldMask: `assessmentName,rationale`. */
const fieldsOf = (mask: string) =>
  mask.split(',').map((field) => field.trim().replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
