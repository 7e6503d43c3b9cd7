import type { ViewType } from '@cairn/platform/protocol/mlflow/experiments'
import type { LifecycleStage } from '../schema.js'

const STAGES: Record<ViewType, readonly LifecycleStage[]> = {
  ACTIVE_ONLY: ['active'],
  DELETED_ONLY: ['deleted'],
  ALL: ['active', 'deleted'],
}

export const lifecycleStages = (view: ViewType = 'ACTIVE_ONLY') => STAGES[view]
